import type { SNSClient } from '@aws-sdk/client-sns';
import { plainLine } from '../command-line/text-layout.ts';
import { arnsIn } from '../deployment/deployed-stack.ts';
import { type Check, type Finding, mergeFindings } from './check.ts';
import { daysUntil, WARN_DAYS } from './expiry.ts';

const SEE = 'docs/operations.md#push-credentials';

/** Checks that each SNS platform application exists, is enabled, and has a credential that does not expire soon. */
export const pushPlatforms: Check = {
  name: 'Push platforms',
  of: 'stack',
  async run(stack): Promise<Finding> {
    const arns = arnsIn(stack, 'PushApplications');
    if (arns.length === 0) {
      const says = 'None is configured: phones get no pushes. Apps that ask for requests by themselves still work.';
      const todo = 'Set apns, fcm or both, and deploy.';
      return { state: 'warning', says, todo, see: 'docs/deploy.md#3-pushes' };
    }
    const { SNSClient } = await import('@aws-sdk/client-sns');
    const sns = new SNSClient(stack.aws);
    return mergeFindings(await Promise.all(arns.map((arn) => checkApplication(sns, arn))));
  },
};

async function checkApplication(sns: SNSClient, arn: string): Promise<Finding> {
  // arn:aws:sns:REGION:ACCOUNT:app/PLATFORM/NAME
  const platform = arn.split('/').at(-2) ?? arn;
  const { GetPlatformApplicationAttributesCommand } = await import('@aws-sdk/client-sns');
  const attributes = await sns
    .send(new GetPlatformApplicationAttributesCommand({ PlatformApplicationArn: arn }))
    .then(({ Attributes = {} }) => Attributes)
    .catch((error: unknown) => {
      if (error instanceof Error && /^NotFound(Exception)?$/.test(error.name)) return undefined;
      throw error;
    });
  if (!attributes) {
    const todo =
      'Store the credential in its secret, then run ciba push-credentials refresh. Phones of an earlier application have to enrol again.';
    return { state: 'broken', says: `${platform}: there is no application ${arn}.`, todo, see: SEE };
  }
  if (attributes['Enabled'] === 'false') {
    const todo = 'Store a working credential in its secret, then run ciba push-credentials refresh.';
    const says = `${platform}: SNS disabled it, because Apple or Google refused the credential.`;
    return { state: 'broken', says, todo, see: 'docs/operations.md#alarm-push-credentials' };
  }
  return credentialOf(platform, attributes);
}

/** Checks for how long the credential of a working application is valid. */
function credentialOf(platform: string, attributes: Readonly<Record<string, string>>): Finding {
  const kind = attributes['AuthenticationMethod']?.toLowerCase();
  // The AWS documentation uses both names.
  const expiry = attributes['AppleCertificateExpiryDate'] ?? attributes['AppleCertificateExpirationDate'];
  if (platform === 'GCM' && kind === 'key') {
    const says = `${platform}: uses a legacy server key, which Google no longer accepts.`;
    return { state: 'broken', says, todo: 'Use a service account instead.', see: 'docs/deploy.md#google' };
  }
  if (expiry === undefined) {
    const token = kind ?? (attributes['ApplePlatformTeamID'] === undefined ? undefined : 'token');
    const says = `${platform}: enabled${token ? `, credential: ${plainLine(token)}` : ''}.`;
    return { state: 'good', says };
  }
  const days = daysUntil(new Date(expiry));
  if (Number.isNaN(days)) return { state: 'unknown', says: `${platform}: expiry ${plainLine(expiry)} can't be read.` };
  const says = `${platform}: enabled, credential: a certificate that expires on ${plainLine(expiry)}, in ${days} days.`;
  if (days > WARN_DAYS) return { state: 'good', says };
  const todo = 'Renew the certificate, or change to a token key, which does not expire.';
  return { state: days < 0 ? 'broken' : 'warning', says, todo, see: 'docs/deploy.md#apple' };
}
