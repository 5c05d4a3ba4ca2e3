import { command } from '../command-line/command.ts';
import { WrongUsage } from '../command-line/failure.ts';
import { examine } from '../doctor/examine.ts';
import { isHealthy, reportJson, reportText } from '../doctor/report.ts';
import { STATUS_OF_LOCAL, STATUS_OF_STACK } from '../status/status-checks.ts';

/** The AWS permissions that the status needs. */
const PERMISSIONS = [
  'cloudformation:DescribeStacks',
  'cloudformation:ListStackResources',
  'cloudwatch:DescribeAlarms',
  'cloudwatch:GetMetricData',
  'lambda:GetAccountSettings',
  'lambda:GetAlias',
  'lambda:GetFunctionConfiguration',
  'dynamodb:Query on the table Directory',
  'sqs:GetQueueAttributes',
  'sns:GetPlatformApplicationAttributes',
];

/** `ciba status` */
export const status = command({
  name: 'status',
  about: 'Shows the state of a deployment in one screen: alarms, logins, keys, queues, limits, push platforms.',
  notes: `It only reads, takes seconds, and can be run again and again; ciba doctor checks more, and logs in. An alarm with the severity Page counts as broken, a Notice as a warning. The exit code is 0 if nothing is broken and everything could be read (warnings are allowed), 1 otherwise. Of the local provider it shows discovery, keys and the last calls. With --json it prints what ciba doctor --json prints. With --stack your AWS identity needs: ${PERMISSIONS.join(', ')}.`,
  arguments: [],
  options: {},
  needs: 'names',
  examples: [
    'ciba status --stack ciba-production',
    'ciba status',
    'ciba status --stack ciba-production --json | jq ".checks[] | select(.state == \\"broken\\")"',
  ],
  async run({ deployment }) {
    const stack = deployment.stack?.name;
    if (stack === undefined && !deployment.isLocal)
      throw new WrongUsage('Name the stack of the deployment: give --stack, or a --context with a stack');
    const checks = stack === undefined ? STATUS_OF_LOCAL : STATUS_OF_STACK;
    const examination = await examine(deployment, stack, checks);
    return { json: reportJson(examination), text: reportText(examination), failed: !isHealthy(examination) };
  },
});
