import { hostname } from 'node:os';
import * as v from 'valibot';
import { PATHS } from '../../provider/core/discovery/provider-metadata.ts';
import { command, type Noun, type Output } from '../command-line/command.ts';
import { Refused } from '../command-line/failure.ts';
import { isJsonObject, parseJsonObject } from '../command-line/json-object.ts';
import { quoted, table } from '../command-line/text-layout.ts';
import {
  callFunction,
  type FunctionTarget,
  findFunction,
  type OperatorFunction,
  optionsFor,
  readFunctionAnswer,
} from '../deployment/function-call.ts';
import { notFound } from '../deployment/next-step.ts';
import { jsonFromProvider } from '../deployment/provider-call.ts';

const SIGNING_KEYS: OperatorFunction = {
  name: 'signing-keys',
  output: 'SigningKeysFunction',
  variable: 'CIBA_SIGNING_KEYS_FUNCTION',
  notLocal: 'The local runtime only makes keys when it starts.',
};

/** The part of the answer that is printed. Algorithms are plain text, so an unknown one does not hide the others. */
const rotationReport = v.object({
  steps: v.array(v.object({ step: v.string(), kid: v.string(), algorithm: v.string() })),
});

const list = command({
  name: 'list',
  about: 'Lists the published keys: the next, the active and the retiring one of each algorithm.',
  notes: 'The command reads /.well-known/jwks.json, as verifiers do. That document does not say which key signs now.',
  arguments: [],
  options: {},
  examples: ['ciba keys list', 'ciba keys list --url https://login.example.com'],
  async run({ deployment }) {
    const json = await jsonFromProvider(deployment, PATHS.jwks);
    const keys = [parseJsonObject(json)?.['keys']].flat().filter(isJsonObject);
    return {
      json,
      text: table(
        ['KID', 'ALGORITHM', 'TYPE'],
        keys.map((key) => [key['kid'], key['alg'], key['kty']]),
      ),
    };
  },
});

const rotate = command({
  name: 'rotate',
  about: 'Activates the next key of each algorithm, and publishes a new next one.',
  notes:
    'Keys also rotate on a schedule; use this to rotate at once. Verifiers that cached the key set before the next key was published refuse tokens that the new key signed, until they read the key set again.',
  arguments: [],
  options: optionsFor(SIGNING_KEYS),
  needs: 'names',
  examples: ['ciba keys rotate --stack ciba-production', 'ciba keys rotate --function arn:aws:lambda:…:live'],
  async run({ deployment, options }) {
    const target = await findFunction(deployment, SIGNING_KEYS, options);
    return callSigningKeys(target, { action: 'rotate', force: true });
  },
});

const revoke = command({
  name: 'revoke',
  about: 'Deletes a compromised key at once and activates its successor.',
  notes:
    'Tokens that the key signed fail at each verifier that has read the key set again. Running functions drop the key within 5 minutes. Verifiers of your APIs may cache it for longer (API Gateway: two hours).',
  arguments: [{ name: 'kid', about: 'The id of the key; see ciba keys list.' }],
  options: optionsFor(SIGNING_KEYS),
  needs: 'names',
  cannotBeUndone: 'revokes the key',
  examples: ['ciba keys revoke 5Jr0mQ --stack ciba-production'],
  async run({ deployment, argument, options, confirm }) {
    const target = await findFunction(deployment, SIGNING_KEYS, options);
    const question = () => `Revoke the signing key ${quoted(argument.kid)}? Tokens that it signed stop working.`;
    await confirm(question, deployment.stack ? undefined : target.arn);
    return callSigningKeys(target, { action: 'revoke', kid: argument.kid }).catch((error: unknown) => {
      const isUnknown = error instanceof Refused && error.message.includes('there is no signing key with this kid');
      throw isUnknown ? notFound('signing key', argument.kid) : error;
    });
  },
});

/** `ciba keys …` */
export const keysNoun: Noun = {
  name: 'keys',
  about: 'Signing keys.',
  commands: [list, rotate, revoke],
};

/** Invokes `signing-keys` directly. It is the only writer of keys, and the admin API has no routes for it. */
async function callSigningKeys(target: FunctionTarget, payload: Record<string, unknown>): Promise<Output> {
  const by = `${process.env['USER'] ?? 'operator'}@${hostname()} by ciba`.slice(0, 256);
  const json = await callFunction(target, { ...payload, by });
  return { json, text: describe(readFunctionAnswer(rotationReport, json)) };
}

function describe({ steps }: v.InferOutput<typeof rotationReport>): string {
  if (steps.length === 0) return 'Nothing was due.';
  return table(
    ['STEP', 'ALGORITHM', 'KID'],
    steps.map(({ step, algorithm, kid }) => [step, algorithm, kid]),
  );
}
