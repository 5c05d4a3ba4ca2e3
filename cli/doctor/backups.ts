import * as v from 'valibot';
import { instant } from '../command-line/text-layout.ts';
import { getAwsJson } from '../deployment/aws-json-call.ts';
import { type DeployedStack, outputOf, requiredOutput } from '../deployment/deployed-stack.ts';
import { type Check, type Finding, mergeFindings } from './check.ts';
import { tableArnBeside } from './table-arn.ts';

const SEE = 'docs/operations.md#restore';
/** A backup is made each day, and may take half a day. Two days without a copy are too many, as for the alarm. */
const WINDOW_HOURS = 48;

const copyJobs = v.object({
  CopyJobs: v.optional(
    v.array(
      v.object({ State: v.string(), CompletionDate: v.optional(v.number()), StatusMessage: v.optional(v.string()) }),
    ),
    [],
  ),
});

/** Checks that the table Directory can be restored: by point-in-time recovery, and from copies outside if they are set. */
export const backups: Check = {
  name: 'Backups',
  of: 'stack',
  async run(stack): Promise<Finding> {
    const table = requiredOutput(stack, 'DirectoryTable');
    const outside = outputOf(stack, 'BackupQueue') === undefined ? [] : [copiesFinding(stack, table)];
    return mergeFindings(await Promise.all([recoveryFinding(stack, table), ...outside]));
  },
};

async function recoveryFinding(stack: DeployedStack, TableName: string): Promise<Finding> {
  const { DescribeContinuousBackupsCommand, DynamoDBClient } = await import('@aws-sdk/client-dynamodb');
  const answer = await new DynamoDBClient(stack.aws).send(new DescribeContinuousBackupsCommand({ TableName }));
  const recovery = answer.ContinuousBackupsDescription?.PointInTimeRecoveryDescription;
  const earliest = recovery?.EarliestRestorableDateTime;
  if (recovery?.PointInTimeRecoveryStatus === 'ENABLED') {
    const since = earliest ? ` to any second since ${earliest.toISOString().slice(0, 10)}` : '';
    return { state: 'good', says: `The table Directory can be restored${since}.` };
  }
  const says = 'Point-in-time recovery of the table Directory is off: clients, users and devices cannot be restored.';
  return { state: 'broken', says, todo: 'Switch it on: npx cdk deploy --revert-drift.', see: SEE };
}

async function copiesFinding(stack: DeployedStack, table: string): Promise<Finding> {
  const resourceArn = tableArnBeside(requiredOutput(stack, 'SigningKmsKey'), table);
  const createdAfter = new Date(Date.now() - WINDOW_HOURS * 3_600_000).toISOString();
  const answer = await getAwsJson(stack.aws, { service: 'backup', path: '/copy-jobs/' }, { resourceArn, createdAfter });
  const jobs = v.parse(copyJobs, answer).CopyJobs;
  const done = jobs.filter(({ State }) => State === 'COMPLETED').map(({ CompletionDate = 0 }) => CompletionDate);
  if (done.length > 0) {
    const last = instant(Math.max(...done));
    return { state: 'good', says: `The last copy outside was made at ${last}.` };
  }
  const failed = jobs.filter(({ State }) => State === 'FAILED').length;
  const says = `No copy was made outside in the last ${WINDOW_HOURS} hours${failed > 0 ? `; ${failed} failed` : ''}.`;
  const todo =
    'A stack that is younger than a day has none yet. Otherwise read the messages in the output BackupQueue.';
  return { state: 'broken', says, todo, see: 'docs/operations.md#alarm-backup-missing' };
}
