import { AcmCertificates } from '../../provider/adapters/acm/acm-certificates.ts';
import { ApiDomainName } from '../../provider/adapters/apigateway/api-domain-name.ts';
import { clock } from '../../provider/adapters/clock.ts';
import { logOf } from '../../provider/adapters/composition.ts';
import { readOriginResources } from '../../provider/adapters/config.ts';
import { createAcm } from '../../provider/adapters/deployment-clients.ts';
import { sendToCloudFormation } from '../../provider/adapters/https/cloudformation-answer.ts';
import { signedCalls } from '../../provider/adapters/https/signed-call.ts';
import { S3Truststore } from '../../provider/adapters/s3/s3-truststore.ts';
import {
  authoritiesIn,
  certificateInUse,
  makeOriginCertificate,
} from '../../provider/adapters/x509/origin-certificate.ts';
import { TRUSTSTORE_KEY } from '../../provider/core/operating/origin-certificate.ts';
import type { OriginCertificatePorts } from '../../provider/flows/operating/keep-origin-certificate.ts';

/** Composes what origin-certificate runs with in an AWS account. */
export function wire() {
  const { host, bucket, owner, region, endpoint } = readOriginResources();
  const acm = createAcm();
  const s3 = new URL(endpoint ? `${endpoint}/${bucket}` : `https://${bucket}.s3.${region}.amazonaws.com`);
  const gateway = new URL(endpoint ?? `https://apigateway.${region}.amazonaws.com`);
  const ports: OriginCertificatePorts = {
    certificates: new AcmCertificates(acm, owner, certificateInUse),
    truststore: new S3Truststore({
      call: signedCalls(acm, { service: 's3', region, base: s3 }),
      key: TRUSTSTORE_KEY,
      authoritiesIn,
    }),
    name: new ApiDomainName({
      call: signedCalls(acm, { service: 'apigateway', region, base: gateway }),
      host,
      truststoreUri: `s3://${bucket}/${TRUSTSTORE_KEY}`,
    }),
    make: makeOriginCertificate,
    host,
    clock,
    wait: (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000)),
  };
  return { ports, log: logOf('origin-certificate'), sendAnswer: sendToCloudFormation };
}
