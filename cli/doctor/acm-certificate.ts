import type { ACMClient, CertificateDetail } from '@aws-sdk/client-acm';
import { arnsIn } from '../deployment/deployed-stack.ts';
import { type Check, type Finding, mergeFindings } from './check.ts';
import { daysUntil, WARN_DAYS } from './expiry.ts';

const SEE = 'docs/operations.md#certificates-and-the-truststore';

/** Checks that the certificates of the domain names are issued, and that ACM will renew them. */
export const acmCertificate: Check = {
  name: 'ACM certificates',
  of: 'stack',
  async run(stack): Promise<Finding> {
    const arns = arnsIn(stack, 'Certificates');
    if (arns.length === 0)
      return { state: 'skipped', says: 'No domain is set: AWS manages the certificate of the API address.' };
    const { ACMClient } = await import('@aws-sdk/client-acm');
    // A certificate of CloudFront is in us-east-1, wherever the stack is.
    const clientFor = (arn: string) => new ACMClient({ ...stack.aws, region: arn.split(':')[3] ?? stack.aws.region });
    return mergeFindings(await Promise.all(arns.map((arn) => checkCertificate(clientFor(arn), arn))));
  },
};

async function checkCertificate(acm: ACMClient, arn: string): Promise<Finding> {
  const { DescribeCertificateCommand } = await import('@aws-sdk/client-acm');
  const { Certificate: certificate = {} } = await acm.send(new DescribeCertificateCommand({ CertificateArn: arn }));
  const { DomainName: name = arn, Status: status, NotAfter: notAfter } = certificate;
  if (status !== 'ISSUED') {
    const todo =
      status === 'PENDING_VALIDATION' ? 'Add its validation record to DNS.' : 'Request or import another certificate.';
    return { state: 'broken', says: `${name}: ${status}, so no one can connect.`, todo, see: SEE };
  }
  const days = notAfter ? daysUntil(notAfter) : Number.POSITIVE_INFINITY;
  const until = notAfter ? ` until ${notAfter.toISOString().slice(0, 10)}, in ${days} days` : '';
  const obstacle = obstacleOf(certificate);
  if (obstacle === undefined && days > WARN_DAYS) return { state: 'good', says: `${name}: issued, valid${until}.` };
  return {
    state: days < 0 ? 'broken' : 'warning',
    says: `${name}: valid${until}${obstacle ? `; ${obstacle}` : ''}.`,
    todo: 'Check that its validation record is in DNS. Import an imported certificate again under the same ARN.',
    see: SEE,
  };
}

/** Says what keeps ACM from renewing the certificate. Returns undefined for an imported one, which ACM never renews. */
function obstacleOf({ Type, RenewalSummary, RenewalEligibility }: CertificateDetail): string | undefined {
  if (Type === 'IMPORTED') return undefined;
  const renewal = RenewalSummary?.RenewalStatus;
  if (renewal === 'FAILED' || renewal === 'PENDING_VALIDATION') return `its renewal is ${renewal}`;
  return RenewalEligibility === 'INELIGIBLE' ? 'ACM will not renew it, because nothing uses it' : undefined;
}
