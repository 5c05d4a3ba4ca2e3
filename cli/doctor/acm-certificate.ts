import type { ACMClient, CertificateDetail } from '@aws-sdk/client-acm';
import { arnsIn } from '../deployment/deployed-stack.ts';
import { type Check, type Finding, together } from './check.ts';
import { daysUntil, WARN_DAYS } from './expiry.ts';

const SEE = 'docs/operations.md#certificates-and-the-truststore';

/** The certificates of our own names are issued, and ACM will renew them. */
export const acmCertificate: Check = {
  name: 'ACM certificates',
  of: 'stack',
  async run(stack): Promise<Finding> {
    const arns = arnsIn(stack, 'Certificates');
    if (arns.length === 0)
      return { state: 'skipped', says: "No name of your own: AWS looks after the certificate of the API's address." };
    const { ACMClient } = await import('@aws-sdk/client-acm');
    const acm = new ACMClient(stack.aws);
    return together(await Promise.all(arns.map((arn) => look(acm, arn))));
  },
};

async function look(acm: ACMClient, arn: string): Promise<Finding> {
  const { DescribeCertificateCommand } = await import('@aws-sdk/client-acm');
  const { Certificate: certificate = {} } = await acm.send(new DescribeCertificateCommand({ CertificateArn: arn }));
  const { DomainName: name = arn, Status: status, NotAfter: notAfter } = certificate;
  if (status !== 'ISSUED') {
    const todo = status === 'PENDING_VALIDATION' ? 'Put its validation record into DNS.' : 'Request or import another.';
    return { state: 'broken', says: `${name}: ${status}: nobody can connect.`, todo, see: SEE };
  }
  const days = notAfter ? daysUntil(notAfter) : Number.POSITIVE_INFINITY;
  const until = notAfter ? ` until ${notAfter.toISOString().slice(0, 10)}, in ${days} days` : '';
  const obstacle = obstacleOf(certificate);
  if (obstacle === undefined && days > WARN_DAYS) return { state: 'good', says: `${name}: issued, valid${until}.` };
  return {
    state: days < 0 ? 'broken' : 'warning',
    says: `${name}: valid${until}${obstacle ? `; ${obstacle}` : ''}.`,
    todo: 'Is its validation record in DNS? Import one of your own again under the same ARN.',
    see: SEE,
  };
}

/** What keeps ACM from renewing it; an imported one is nobody's but the operator's. */
function obstacleOf({ Type, RenewalSummary, RenewalEligibility }: CertificateDetail): string | undefined {
  if (Type === 'IMPORTED') return undefined;
  const renewal = RenewalSummary?.RenewalStatus;
  if (renewal === 'FAILED' || renewal === 'PENDING_VALIDATION') return `its renewal is ${renewal}`;
  return RenewalEligibility === 'INELIGIBLE' ? 'ACM will not renew it, because nothing uses it' : undefined;
}
