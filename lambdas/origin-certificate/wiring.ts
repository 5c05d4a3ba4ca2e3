import { AcmCertificates } from '../../provider/adapters/acm/acm-certificates.ts';
import { ApiDomainName } from '../../provider/adapters/apigateway/api-domain-name.ts';
import { clock } from '../../provider/adapters/clock.ts';
import { logOf } from '../../provider/adapters/composition.ts';
import { readOriginResources } from '../../provider/adapters/config.ts';
import { createAcm } from '../../provider/adapters/deployment-clients.ts';
import { sendToCloudFormation } from '../../provider/adapters/https/cloudformation-answer.ts';
import { S3Truststore } from '../../provider/adapters/s3/s3-truststore.ts';
import {
  authoritiesIn,
  certificateInUse,
  endOfCertificate,
  makeOriginCertificate,
} from '../../provider/adapters/x509/origin-certificate.ts';
import { TRUSTSTORE_KEY } from '../../provider/core/operating/origin-certificate.ts';
import type { OriginCertificatePorts } from '../../provider/flows/operating/keep-origin-certificate.ts';

/** Composes what origin-certificate runs with in an AWS account. */
export function wire() {
  const { host, bucket, owner, viewerCertificate, ...where } = readOriginResources();
  const acm = createAcm();
  const certificates = new AcmCertificates(acm, owner, certificateInUse);
  const ports: OriginCertificatePorts = {
    certificates,
    viewerCertificateEnd: () => certificates.endOf(viewerCertificate, endOfCertificate),
    truststore: new S3Truststore(acm, { bucket, key: TRUSTSTORE_KEY, ...where }, authoritiesIn),
    name: new ApiDomainName(acm, { host, truststoreUri: `s3://${bucket}/${TRUSTSTORE_KEY}`, ...where }),
    make: makeOriginCertificate,
    host,
    clock,
    wait: (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000)),
  };
  return { ports, log: logOf('origin-certificate'), sendAnswer: sendToCloudFormation };
}
