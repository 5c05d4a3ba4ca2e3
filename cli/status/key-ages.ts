import { SIGNING_ALGORITHMS } from '../../provider/core/keys/jwk.ts';
import { DEFAULTS } from '../../provider/core/operating/defaults.ts';
import { parseJsonObject } from '../command-line/json-object.ts';
import { type DeployedStack, requiredOutput } from '../deployment/deployed-stack.ts';
import { type Check, type Finding, mergeFindings } from '../doctor/check.ts';

const DAY_SECONDS = 86_400;
const SEE = 'docs/operations.md#signing-keys';

/** A key as the table has it, as far as this command reads it. */
type StoredKey = { readonly state: string; readonly createdAt: number; readonly activeFrom: number | undefined };

/** Since when the signing key of each algorithm signs, and when the next one takes over. */
export const keyAges: Check = {
  name: 'Signing keys',
  of: 'stack',
  async run(stack): Promise<Finding> {
    const rotateAfter = await rotateAfterOf(stack);
    const findings = SIGNING_ALGORITHMS.map(async (algorithm) =>
      findingAbout(algorithm, await keysOf(stack, algorithm), rotateAfter),
    );
    return mergeFindings(await Promise.all(findings));
  },
};

function findingAbout(algorithm: string, keys: readonly StoredKey[], rotateAfter: number): Finding {
  const [active] = keys
    .filter(({ state }) => state === 'active')
    .toSorted((a, b) => (b.activeFrom ?? 0) - (a.activeFrom ?? 0));
  if (!active) {
    const says = `${algorithm}: no key signs, so no tokens can be issued with it.`;
    return { state: 'broken', says, todo: 'Run ciba keys rotate.', see: SEE };
  }
  const now = Date.now() / 1000;
  const age = now - (active.activeFrom ?? active.createdAt);
  const left = rotateAfter - age;
  const says = `${algorithm}: signs for ${days(age)}`;
  if (!keys.some(({ state }) => state === 'next')) {
    const todo = 'The scheduled rotation makes the next key. Check that it runs: ciba doctor.';
    return { state: 'warning', says: `${says}, and there is no next key.`, todo, see: SEE };
  }
  if (left < -2 * DAY_SECONDS) {
    const todo = 'Check that the scheduled rotation runs: ciba doctor.';
    return { state: 'broken', says: `${says}; the next key is ${days(-left)} late.`, todo, see: SEE };
  }
  return { state: 'good', says: `${says}, the next key takes over in ${days(Math.max(0, left))}.` };
}

function days(seconds: number): string {
  const count = Math.floor(seconds / DAY_SECONDS);
  return count === 1 ? '1 day' : `${count} days`;
}

/** Reads after how many seconds a key is rotated: a setting, which the function that rotates has as a variable. */
async function rotateAfterOf(stack: DeployedStack): Promise<number> {
  const { GetFunctionConfigurationCommand, LambdaClient } = await import('@aws-sdk/client-lambda');
  const FunctionName = requiredOutput(stack, 'SigningKeysFunction');
  const { Environment } = await new LambdaClient(stack.aws).send(new GetFunctionConfigurationCommand({ FunctionName }));
  const set = parseJsonObject(Environment?.Variables?.['KEY_ROTATION'] ?? '')?.['rotateAfter'];
  return typeof set === 'number' ? set : DEFAULTS.rotateAfterSeconds;
}

/** Reads the public halves of the keys of an algorithm. Nobody but functions that sign may read private ones. */
async function keysOf(stack: DeployedStack, algorithm: string): Promise<readonly StoredKey[]> {
  const { DynamoDBClient, QueryCommand } = await import('@aws-sdk/client-dynamodb');
  const { Items = [] } = await new DynamoDBClient(stack.aws).send(
    new QueryCommand({
      TableName: requiredOutput(stack, 'DirectoryTable'),
      KeyConditionExpression: 'pk = :key',
      ExpressionAttributeValues: { ':key': { S: `KEY#${algorithm}` } },
      ProjectionExpression: '#state, created_at, active_from',
      ExpressionAttributeNames: { '#state': 'state' },
    }),
  );
  return Items.map(({ state, created_at, active_from }) => ({
    state: state?.S ?? '',
    createdAt: Number(created_at?.N ?? 0),
    activeFrom: active_from?.N === undefined ? undefined : Number(active_from.N),
  }));
}
