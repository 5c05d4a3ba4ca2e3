import { hostname } from 'node:os';
import * as v from 'valibot';
import { PATHS } from '../../provider/core/discovery/provider-metadata.ts';
import { command, type Noun, type Output } from '../command-line/command.ts';
import { isJsonObject, parseJsonObject } from '../command-line/json-object.ts';
import { table } from '../command-line/text-layout.ts';
import type { Deployment } from '../deployment/deployment.ts';
import {
  callFunction,
  type FunctionOptions,
  findFunction,
  type OrderedFunction,
  optionsFor,
  readFunctionAnswer,
} from '../deployment/function-call.ts';
import { jsonFromProvider } from '../deployment/provider-call.ts';

const SIGNING_KEYS: OrderedFunction = {
  name: 'signing-keys',
  output: 'SigningKeysFunction',
  variable: 'CIBA_SIGNING_KEYS_FUNCTION',
  notLocal: 'The local runtime makes its keys when it starts; give --stack, or --url of a deployment.',
};

/** What is printed of the answer: an algorithm that this version does not know is no reason to hide the others. */
const rotationReport = v.object({
  steps: v.array(v.object({ step: v.string(), kid: v.string(), algorithm: v.string() })),
});

const list = command({
  name: 'list',
  about: 'Lists the published keys: the next, the active and the retiring one of each algorithm.',
  notes: 'Read from /.well-known/jwks.json, as verifiers do; it does not tell which key signs now.',
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
  about: 'Lets the next key of each algorithm sign from now on, and publishes a new next one.',
  notes:
    'The schedule rotates by itself; this is for now. Verifiers that cached the key set before the next key was published (24 hours ahead) refuse its tokens until they read it again.',
  arguments: [],
  options: optionsFor(SIGNING_KEYS),
  examples: ['ciba keys rotate --stack ciba-production', 'ciba keys rotate --function arn:aws:lambda:…:live'],
  async run({ deployment, options }) {
    return order(deployment, options, { action: 'rotate', force: true });
  },
});

const revoke = command({
  name: 'revoke',
  about: 'Deletes a compromised key at once; its successor signs from now on.',
  notes:
    'Tokens signed by it fail wherever the key set is read again; warm functions forget it within 5 minutes. Verifiers of your APIs may cache it longer (API Gateway: two hours).',
  arguments: [{ name: 'kid', about: 'The id of the key, as ciba keys list shows it.' }],
  options: optionsFor(SIGNING_KEYS),
  examples: ['ciba keys revoke 5Jr0mQ --stack ciba-production'],
  async run({ deployment, argument, options }) {
    return order(deployment, options, { action: 'revoke', kid: argument.kid });
  },
});

/** `ciba keys …` */
export const keysNoun: Noun = {
  name: 'keys',
  about: 'Signing keys.',
  commands: [list, rotate, revoke],
};

/** Orders are not part of the admin API: `signing-keys` is the only writer of keys, and is invoked itself. */
async function order(
  deployment: Deployment,
  options: FunctionOptions,
  payload: Record<string, unknown>,
): Promise<Output> {
  const target = await findFunction(deployment, SIGNING_KEYS, options);
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
