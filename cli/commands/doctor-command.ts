import { command } from '../command-line/command.ts';
import { WrongUsage } from '../command-line/failure.ts';
import { stackOption } from '../deployment/deployed-stack.ts';
import { examine } from '../doctor/examine.ts';
import { isHealthy, reportJson, reportText } from '../doctor/report.ts';

/** What the checks call AWS for. */
const PERMISSIONS = [
  'cloudformation:DescribeStacks',
  'cloudformation:ListStackResources',
  'execute-api:Invoke',
  'sns:GetPlatformApplicationAttributes',
  'sns:ListSubscriptionsByTopic',
  'cloudwatch:DescribeAlarms',
  'cloudwatch:GetMetricData',
  'acm:DescribeCertificate',
  'lambda:GetEventSourceMapping',
  'lambda:InvokeFunction',
  'sqs:GetQueueAttributes',
];

/** `ciba doctor` */
export const doctor = command({
  name: 'doctor',
  about: 'Checks whether a deployment is set up and works, and says what to do where it is not.',
  notes: `Marks: ✓ good, ! works but know about it, ✗ broken, ? could not be checked, – nothing to check. Exit code 0 when nothing is broken and everything could be checked (warnings allowed), 1 otherwise. Without --stack only what the URL tells is checked. It changes nothing, but for the login that it tries. With --stack your AWS identity needs: ${PERMISSIONS.join(', ')}.`,
  arguments: [],
  options: stackOption,
  examples: [
    'ciba doctor --stack ciba-production',
    'ciba doctor --url https://login.example.com --region eu-central-1',
    'ciba doctor',
    'ciba doctor --stack ciba-production --json | jq ".checks[] | select(.state != \\"good\\")"',
  ],
  async run({ deployment, options }) {
    if (options.stack !== undefined && deployment.isLocal && deployment.urlFrom === '--url')
      throw new WrongUsage('The local runtime has no stack: give --stack or the local --url, not both');
    const examination = await examine(deployment, options.stack);
    return { json: reportJson(examination), text: reportText(examination), failed: !isHealthy(examination) };
  },
});
