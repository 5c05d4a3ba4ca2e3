import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import * as v from 'valibot';
import { Refused, WrongUsage } from '../command-line/failure.ts';
import { nearestName } from '../command-line/nearest-name.ts';
import { objectIn } from '../command-line/option-reading.ts';
import { systemCodeOf } from '../command-line/system-error.ts';
import { quoted } from '../command-line/text-layout.ts';

/** The context that is always there: CIBA_URL, or the local runtime. */
export const LOCAL = 'local';

const context = v.strictObject({
  url: v.string(),
  stack: v.exactOptional(v.string()),
  region: v.exactOptional(v.string()),
  profile: v.exactOptional(v.string()),
});
const configuration = v.strictObject({
  current: v.string(),
  contexts: v.record(v.string(), context),
});
/** A named deployment. It holds no secret: the profile is a name in the files of the AWS command line. */
export type Context = v.InferOutput<typeof context>;
/** All named deployments, and the one in use. */
export type Configuration = v.InferOutput<typeof configuration>;
type Environment = Readonly<Record<string, string | undefined>>;

/** Returns the path of the configuration file (XDG Base Directory Specification: only an absolute path counts). */
export function configurationPath({ XDG_CONFIG_HOME: home, HOME = homedir() }: Environment): string {
  return join(home !== undefined && isAbsolute(home) ? home : join(HOME, '.config'), 'ciba', 'config.json');
}

/** Reads the configuration. Without a file there are no contexts but `local`. */
export function readConfiguration(environment: Environment): Configuration {
  const path = configurationPath(environment);
  const text = textIn(path);
  if (text === undefined) return { current: LOCAL, contexts: {} };
  const parsed = v.safeParse(configuration, objectIn(path, text));
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new Refused(
    `${path} is wrong at ${v.getDotPath(issue) ?? 'its top'}.`,
    'Correct the file, or delete it and add the contexts again: ciba context add --help.',
  );
}

/** Writes the configuration at once or not at all, in a file that only its owner can read. */
export function writeConfiguration(environment: Environment, changed: Configuration): void {
  const path = configurationPath(environment);
  const draft = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(draft, `${JSON.stringify(changed, null, 2)}\n`, { mode: 0o600 });
    chmodSync(draft, 0o600);
    renameSync(draft, path);
  } catch (error) {
    throw new Refused(
      `${path} can't be written (${systemCodeOf(error)}).`,
      'Change its permissions, or set XDG_CONFIG_HOME.',
    );
  }
}

/** Finds a context by its name. `undefined` is the answer for `local`, which is not in the file. */
export function findContext({ contexts }: Configuration, name: string): Context | undefined {
  if (name === LOCAL) return undefined;
  const found = Object.hasOwn(contexts, name) ? contexts[name] : undefined;
  if (found) return found;
  const names = [LOCAL, ...Object.keys(contexts)];
  const nearest = nearestName(name, names);
  const advice = nearest === undefined ? 'ciba context list shows all' : `did you mean ${nearest}?`;
  throw new WrongUsage(`There is no context ${quoted(name)}; ${advice}`);
}

function textIn(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = systemCodeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new Refused(`${path} can't be read (${code}).`, 'Change its permissions.');
  }
}
