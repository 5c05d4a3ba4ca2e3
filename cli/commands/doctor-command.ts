import { command } from '../command-line/command.ts';
import { WrongUsage } from '../command-line/failure.ts';
import { examine } from '../doctor/examine.ts';
import { isHealthy, reportJson, reportText } from '../doctor/report.ts';

/** The AWS permissions that the checks need. */
const PERMISSIONS = [
  'cloudformation:DescribeStacks',
  'cloudformation:ListStackResources',
  'execute-api:Invoke',
  'sns:GetPlatformApplicationAttributes',
  'sns:ListSubscriptionsByTopic',
  'cloudwatch:DescribeAlarms',
  'cloudwatch:GetMetricData',
  'acm:DescribeCertificate',
  'lambda:GetAccountSettings',
  'lambda:GetEventSourceMapping',
  'lambda:GetFunctionConfiguration',
  'lambda:InvokeFunction',
  'sqs:GetQueueAttributes',
  'logs:DescribeSubscriptionFilters',
  'kms:GetKeyPolicy',
  'dynamodb:GetResourcePolicy',
  'dynamodb:DescribeContinuousBackups',
  'backup:ListCopyJobs',
  's3:GetReplicationConfiguration',
  'wafv2:GetWebACL',
  'cloudtrail:DescribeTrails',
  'cloudtrail:GetTrailStatus',
  'cloudtrail:GetEventSelectors',
];

/** `ciba doctor` */
export const doctor = command({
  name: 'doctor',
  about: 'Checks whether a deployment is set up and works, and says how to repair what does not.',
  notes: `Marks: ✓ good, ! warning, ✗ broken, ? could not be checked, – not checked here. The exit code is 0 if nothing is broken and everything could be checked (warnings are allowed), 1 otherwise. Without --stack it only checks what it can see at the URL. It changes nothing, except that it tries a login. With --stack your AWS identity needs: ${PERMISSIONS.join(', ')}.`,
  arguments: [],
  options: {},
  needs: 'names',
  examples: [
    'ciba doctor --stack ciba-production',
    'ciba doctor --url https://login.example.com --region eu-central-1',
    'ciba doctor',
    'ciba doctor --stack ciba-production --json | jq ".checks[] | select(.state != \\"good\\")"',
  ],
  async run({ deployment }) {
    const stack = deployment.stack?.name;
    if (stack !== undefined && deployment.isLocal && deployment.urlFrom === '--url')
      throw new WrongUsage('The local runtime has no stack: give either --stack or the local --url');
    const examination = await examine(deployment, stack);
    return { json: reportJson(examination), text: reportText(examination), failed: !isHealthy(examination) };
  },
});
