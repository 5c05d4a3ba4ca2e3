import { answerCustomResource, isCustomResourceRequest } from '../../provider/edge/custom-resource/custom-resource.ts';
import { parseCertificateOrder } from '../../provider/edge/orders/certificate-order.ts';
import {
  keepOriginCertificate,
  makeFirstCertificate,
  type OriginCertificateReport,
  removeOriginCertificate,
} from '../../provider/flows/operating/keep-origin-certificate.ts';
import { wire } from './wiring.ts';

/**
 * Not called over HTTP. It is the custom resource behind the certificate by which CloudFront proves itself to the API.
 * The deployment waits for the first certificate. A schedule calls it twice a day, and operators with `{"action":
 * "renew", "certificate": "<ARN>", "force": true}`. No other function may replace the certificate or write the list of
 * trusted authorities. Each run also counts the days of the certificate that CloudFront shows to callers. The private key is never in a template, an answer or a log.
 */
const { ports, log, sendAnswer } = wire();

const told = (route: string, report: OriginCertificateReport): OriginCertificateReport => {
  const { step, daysLeft, viewerDaysLeft } = report;
  const line = { status: 200, duration_ms: 0, correlation_id: report.id };
  log.request({ ...line, route, detail: step, days_left: daysLeft });
  log.request({ ...line, route: 'certificate for callers', days_left: viewerDaysLeft });
  return report;
};

export const handler = async (event: unknown): Promise<unknown> => {
  if (!isCustomResourceRequest(event))
    return told('certificate order', await keepOriginCertificate(ports, parseCertificateOrder(event)));
  const { RequestType, PhysicalResourceId: id } = event;
  return answerCustomResource(event, sendAnswer, async () => {
    const isOurs = id?.startsWith('arn:');
    if (RequestType === 'Delete') {
      if (id && isOurs) await removeOriginCertificate(ports, id);
      return { ok: true, id: id ?? 'none' };
    }
    const act = id && isOurs ? keepOriginCertificate(ports, { id, force: false }) : makeFirstCertificate(ports);
    return { ok: true, id: told('certificate resource', await act).id };
  });
};
