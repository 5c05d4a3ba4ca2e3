import { hostname } from 'node:os';
import type { RotationReport } from '../lambdas/flows/rotate-keys.ts';
import { answerFrom, noAnswer } from './admin-answer.ts';
import { command, type Noun, type OptionSpecs, type Output } from './command.ts';
import type { Deployment } from './deployment.ts';
import { Refused, WrongUsage } from './failure.ts';
import { credentialsOf, regionOf } from './request-signature.ts';
import { plainLine, table } from './text-layout.ts';

const TIMEOUT_MILLISECONDS = 35_000;
const functionOption = {
  function: {
    kind: 'text',
    value: 'ARN',
    about: 'The Lambda function: output SigningKeysFunction of the stack; by default CIBA_SIGNING_KEYS_FUNCTION.',
  },
} as const satisfies OptionSpecs;

const list = command({
  name: 'list',
  about: 'Lists the published keys: the next, the active and the retiring one of each algorithm.',
  notes: 'Read from /.well-known/jwks.json, as verifiers do; it does not tell which key signs now.',
  arguments: [],
  options: {},
  examples: ['ciba keys list', 'ciba keys list --url https://login.example.com'],
  async run({ deployment }) {
    const json = await fetch(new URL('/.well-known/jwks.json', deployment.origin), {
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
    })
      .then((response) => answerFrom(response, deployment))
      .catch((error: unknown) => {
        throw error instanceof Refused ? error : noAnswer(error, deployment);
      });
    const { keys = [] } = JSON.parse(json) as { keys?: Record<string, string>[] };
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
  options: functionOption,
  examples: ['ciba keys rotate --url https://login.example.com --function arn:aws:lambda:…:live'],
  async run({ deployment, options }) {
    return order(deployment, options.function, { action: 'rotate', force: true });
  },
});

const revoke = command({
  name: 'revoke',
  about: 'Deletes a compromised key at once; its successor signs from now on.',
  notes:
    'Tokens signed by it fail wherever the key set is read again; warm functions forget it within 5 minutes. Verifiers of your APIs may cache it longer (API Gateway: two hours).',
  arguments: [{ name: 'kid', about: 'The id of the key, as ciba keys list shows it.' }],
  options: functionOption,
  examples: ['ciba keys revoke 5Jr0mQ --url https://login.example.com --function arn:aws:lambda:…:live'],
  async run({ deployment, argument, options }) {
    return order(deployment, options.function, { action: 'revoke', kid: argument.kid });
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
  given: string | undefined,
  payload: Record<string, unknown>,
): Promise<Output> {
  if (deployment.isLocal)
    throw new Refused('The local runtime makes its keys when it starts; give --url of a deployment.');
  const name = given ?? process.env['CIBA_SIGNING_KEYS_FUNCTION'];
  if (name === undefined) throw new WrongUsage('--function is missing: output SigningKeysFunction of the stack');
  const { LambdaClient, InvokeCommand } = await import('@aws-sdk/client-lambda');
  const lambda = new LambdaClient({
    region: regionIn(name) ?? (await regionOf(deployment)),
    credentials: credentialsOf(deployment),
    // A lost answer is not tried again: to rotate twice would put keys to use that nobody has seen.
    maxAttempts: 1,
  });
  const by = `${process.env['USER'] ?? 'operator'}@${hostname()} by ciba`.slice(0, 256);
  const sent = new InvokeCommand({ FunctionName: name, Payload: JSON.stringify({ ...payload, by }) });
  const answer = await lambda.send(sent).catch((error: unknown) => {
    throw error instanceof Refused ? error : new Refused(`AWS Lambda refused: ${plainLine((error as Error).message)}`);
  });
  const json = Buffer.from(answer.Payload ?? []).toString();
  if (answer.FunctionError !== undefined) {
    const { errorMessage } = JSON.parse(json) as { errorMessage?: string };
    throw new Refused(`signing-keys refused: ${plainLine(errorMessage ?? answer.FunctionError)}`);
  }
  return { json, text: describe(JSON.parse(json) as RotationReport) };
}

function regionIn(name: string): string | undefined {
  return /^arn:[a-z-]+:lambda:([a-z0-9-]+):/.exec(name)?.[1];
}

function describe({ steps }: RotationReport): string {
  if (steps.length === 0) return 'Nothing was due.';
  return table(
    ['STEP', 'ALGORITHM', 'KID'],
    steps.map(({ step, algorithm, kid }) => [step, algorithm, kid]),
  );
}
