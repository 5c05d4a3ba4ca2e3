import * as v from 'valibot';
import { installation } from '../../local/installation.ts';
import type { OptionSpecs, OptionValues } from '../command-line/command.ts';
import { Refused, WrongUsage } from '../command-line/failure.ts';
import { awsSettings, refusedBy } from '../deployment/aws-settings.ts';
import { outputOf, readStack } from '../deployment/deployed-stack.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { jsonFromProvider } from '../deployment/provider-call.ts';
import { type BucketAddress, listObjects, readObject } from '../deployment/s3-call.ts';
import type { TrailBucket } from './trail-objects.ts';

/** Firehose stores what it has every five minutes. */
export const LATE_SECONDS = 300;

/** The options that name the bucket. */
export const BUCKET_OPTIONS = {
  bucket: {
    kind: 'text',
    value: 'NAME',
    about:
      "Bucket of the audit trail, instead of --stack: the stack's output AuditBucket, or a copy of that bucket. Default: CIBA_AUDIT_BUCKET.",
  },
} as const satisfies OptionSpecs;

/** The AWS permissions that reading the trail needs. */
export const BUCKET_PERMISSIONS =
  's3:ListBucket on the audit bucket, s3:GetObject on its objects, and with --stack cloudformation:DescribeStacks';

const localBucket = v.object({ endpoint: v.string(), region: v.string(), bucket: v.string() });

/** Finds the bucket from the options or from the local runtime, whose stand-ins serve the same calls. */
export async function findBucket(
  deployment: Deployment,
  { bucket: typed }: OptionValues<typeof BUCKET_OPTIONS>,
): Promise<TrailBucket> {
  const { stack: named } = deployment;
  if (named?.from === '--stack' && typed !== undefined) throw new WrongUsage('Give --stack or --bucket, not both');
  if (named !== undefined && typed === undefined) {
    const stack = await readStack(named.name, deployment);
    const bucket = outputOf(stack, 'AuditBucket');
    if (bucket !== undefined) return openBucket({ bucket, ...stack.aws });
    throw new Refused(
      `The stack ${stack.name} has no audit bucket: events of a development stage are only in its logs.`,
      'Read them in CloudWatch Logs, or name a bucket with --bucket.',
      'not_found',
    );
  }
  const bucketName =
    typed ?? (deployment.isLocal && deployment.urlFrom !== undefined ? undefined : process.env['CIBA_AUDIT_BUCKET']);
  if (bucketName !== undefined) return openBucket({ bucket: bucketName, ...(await awsSettings(deployment)) });
  if (!deployment.isLocal) throw new WrongUsage('Name the audit trail: give --stack or --bucket');
  return findLocalBucket(deployment);
}

async function findLocalBucket(deployment: Deployment): Promise<TrailBucket> {
  const answer = v.safeParse(localBucket, JSON.parse(await jsonFromProvider(deployment, '/local/audit-bucket')));
  if (!answer.success)
    throw new Refused('The local runtime is of another version.', `Restart it with ${installation.startCommand}.`);
  const { bucket, endpoint, region } = answer.output;
  const credentials = async () => ({ accessKeyId: 'local', secretAccessKey: 'local' });
  return openBucket({ bucket, endpoint, region, credentials }, 0);
}

function openBucket(address: BucketAddress, lateSeconds = LATE_SECONDS): TrailBucket {
  return {
    lateSeconds,
    async *list(prefix) {
      try {
        for await (const { key, modifiedAt } of listObjects(address, prefix))
          yield { key, storedAt: Math.floor(modifiedAt.getTime() / 1000) };
      } catch (error) {
        throw refusedBy('Amazon S3', error);
      }
    },
    read: (key) =>
      readObject(address, key).catch((error: unknown) => {
        throw refusedBy('Amazon S3', error);
      }),
  };
}
