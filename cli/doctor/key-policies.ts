import { functions } from '../../infra/functions/deployed-functions.ts';
import { KEY_DENIALS, type KeyDenial } from '../../provider/core/keys/key-denials.ts';
import { type DeployedStack, outputAbout, requiredOutput } from '../deployment/deployed-stack.ts';
import { type Check, type Finding, mergeFindings } from './check.ts';
import { denialFaults, type WantedDenial } from './denial-faults.ts';
import { tableArnBeside } from './table-arn.ts';

/** A policy, and what to say of it. */
type Guard = {
  readonly of: string;
  readonly policy: string | undefined;
  readonly denials: readonly WantedDenial[];
  readonly harm: string;
  readonly todo: string;
  readonly see: string;
};

/**
 * Checks that the policies of the KMS key and of the table Directory in use still deny the private signing keys to
 * everybody but the functions: the same actions, under the same conditions, with the same roles left out. A restored
 * table has no policy until an operator copies it.
 */
export const keyPolicies: Check = {
  name: 'Key policies',
  of: 'stack',
  async run(stack): Promise<Finding> {
    const keyArn = requiredOutput(stack, 'SigningKmsKey');
    const [keyPolicy, tablePolicy] = await Promise.all([
      keyPolicyOf(stack, keyArn),
      tablePolicyOf(stack, tableArnBeside(keyArn, requiredOutput(stack, 'DirectoryTable'))),
    ]);
    return mergeFindings([
      examine({
        of: 'the KMS key',
        policy: keyPolicy,
        denials: wantedOf(stack, KEY_DENIALS.kmsKey),
        harm: 'others can use the key that opens private signing keys, or a function that needs it cannot',
        todo: 'Restore it: npx cdk deploy --revert-drift.',
        see: 'docs/operations.md#alarm-key-used-by-others',
      }),
      examine({
        of: 'the table Directory',
        policy: tablePolicy,
        denials: wantedOf(stack, KEY_DENIALS.directory),
        harm: 'others can read or replace encrypted signing keys, or a function that needs them cannot',
        todo: 'Copy the policy onto the table by hand; a deployment does not put it back.',
        see: 'docs/operations.md#restore',
      }),
    ]);
  },
};

/** Returns the denials of one policy with the roles that they leave out, which the outputs of the stack name. */
function wantedOf(stack: DeployedStack, denials: Readonly<Record<string, KeyDenial>>): readonly WantedDenial[] {
  return Object.values(denials).map((denial) => {
    const holders = Object.entries(functions).filter(([, spec]) => denial.leavesOut(spec));
    const roles = holders.map(([name]) => outputAbout(stack, 'Role', name));
    if (denial.leavesOutRecovery) roles.push(requiredOutput(stack, 'RecoveryRole'));
    return { denial, roles };
  });
}

function examine({ of, policy, denials, harm, todo, see }: Guard): Finding {
  const faults = denialFaults(policy, denials);
  if (faults.length === 0) return { state: 'good', says: `Complete on ${of}.` };
  const what = policy === undefined ? `There is none on ${of}` : `That of ${of} was changed (${faults.join('; ')})`;
  return { state: 'broken', says: `${what}: ${harm}.`, todo, see };
}

async function keyPolicyOf(stack: DeployedStack, KeyId: string): Promise<string | undefined> {
  const { GetKeyPolicyCommand, KMSClient } = await import('@aws-sdk/client-kms');
  const { Policy } = await new KMSClient(stack.aws).send(new GetKeyPolicyCommand({ KeyId }));
  return Policy;
}

/** Returns the policy of a table, or undefined if it has none. */
async function tablePolicyOf(stack: DeployedStack, ResourceArn: string): Promise<string | undefined> {
  const { DynamoDBClient, GetResourcePolicyCommand } = await import('@aws-sdk/client-dynamodb');
  try {
    const { Policy } = await new DynamoDBClient(stack.aws).send(new GetResourcePolicyCommand({ ResourceArn }));
    return Policy;
  } catch (error) {
    if (error instanceof Error && error.name === 'PolicyNotFoundException') return undefined;
    throw error;
  }
}
