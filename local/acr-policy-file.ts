import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { ACCEPTED_AMR } from '../provider/core/deciding/device-response.ts';
import { StartError, systemCodeOf } from './runtime/start-error.ts';

const EXPECTED =
  'an object with acrPolicy: a list of {"acr": TEXT, "anyOf": [METHOD, …], "needsVerificationKey": true or false, or left out}';

/** The one member that is read. Other settings of a stage may stand beside it. */
const settings = v.object({
  acrPolicy: v.pipe(
    v.array(
      v.strictObject({
        acr: v.pipe(v.string(), v.minLength(1)),
        anyOf: v.pipe(v.array(v.picklist(ACCEPTED_AMR)), v.minLength(1)),
        needsVerificationKey: v.optional(v.boolean()),
      }),
    ),
    v.minLength(1),
  ),
});

/**
 * Reads the classes of authentication from the settings file of a stage, or from a file with this member alone. Returns
 * the value of the variable that the functions read. Throws a {@link StartError} that names the file and the mistake.
 */
export async function readAcrPolicy(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    const why = systemCodeOf(error) === 'ENOENT' ? 'there is no such file' : String(error);
    throw new StartError(`the file ${path} can't be read: ${why}`);
  });
  const read = v.safeParse(settings, parseJson(path, text));
  if (read.success) return JSON.stringify(read.output.acrPolicy);
  const [issue] = read.issues;
  const place = v.getDotPath(issue);
  throw new StartError(`the file ${path} must hold ${EXPECTED}.${place ? ` Look at ${place}.` : ''}`);
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new StartError(`the file ${path} is not valid JSON: ${error instanceof Error ? error.message : error}`);
  }
}
