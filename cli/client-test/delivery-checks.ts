import type { EndpointTestReport } from '../../provider/core/notifying/endpoint-test.ts';
import { instant, plainLine } from '../command-line/text-layout.ts';
import type { Finding } from '../doctor/check.ts';
import { daysUntil } from '../doctor/expiry.ts';
import { EndpointTester } from './endpoint-tester.ts';
import { advertised, type ClientCheck } from './subject.ts';
import { UNREACHABLE } from './unreachable.ts';

const SEE = 'docs/operations.md#alarm-pings-given-up';
/** What a good endpoint is (CIBA §10.2). */
const PINGS = 'docs/tutorial.md#9-be-called-instead-of-polling';

/** Short-lived certificates are renewed by themselves, days before their end. */
const WARN_DAYS = 7;

/** Checks that the provider offers the mode in which the client learns of answers. */
export const delivery: ClientCheck = {
  name: 'Delivery',
  run(subject): Finding {
    const { backchannel_token_delivery_mode: mode = 'poll' } = subject.client;
    if (advertised(subject, 'backchannel_token_delivery_modes_supported').includes(mode))
      return { state: 'good', says: mode };
    const says = `The provider does not offer ${plainLine(mode)}.`;
    return { state: 'broken', says, todo: 'Change --backchannel-token-delivery-mode of the client.' };
  },
};

/** Lets the function that pings clients try the notification endpoint. */
export const endpoint: ClientCheck = {
  name: 'Endpoint',
  async run({ client, deployment }): Promise<Finding | undefined> {
    if ((client.backchannel_token_delivery_mode ?? 'poll') === 'poll') return undefined;
    const tester = await EndpointTester.of(deployment);
    if (!tester) {
      const says = 'Not tried: the function that pings must try it.';
      return { state: 'unknown', says, todo: 'Give --stack, so that it can be called.', see: SEE };
    }
    return endpointFinding(await tester.test(client.client_id));
  },
};

/** Says what the answer of an endpoint to a ping with a made-up token means. */
function endpointFinding(report: EndpointTestReport): Finding {
  if (report.outcome === 'no_client' || report.outcome === 'no_endpoint') {
    const says = 'The function that pings does not find the endpoint of this client.';
    return { state: 'broken', says, todo: 'Register it: ciba client update --help.', see: SEE };
  }
  if (report.outcome === 'unreachable') return unreachable(report);
  const { endpoint: url, status, tls_version: tls, certificate_ends_at: end } = report;
  const said = `${plainLine(url)} answered ${status} to a made-up token`;
  const answered = answerFinding(said, status);
  if (answered.state === 'broken') return answered;
  const until = `The certificate is valid until ${instant(end)}`;
  if (daysUntil(new Date(end * 1000)) < WARN_DAYS) {
    const todo = 'Renew the certificate of the endpoint: after its end no ping arrives.';
    return { ...answered, state: 'warning', says: `${answered.says} ${until}.`, todo, see: SEE };
  }
  return { ...answered, says: `${answered.says} ${tls}. ${until}.` };
}

function answerFinding(said: string, status: number): Finding {
  if (status === 401 || status === 403) return { state: 'good', says: `${said}, as it should.` };
  if (status >= 200 && status < 300)
    return {
      state: 'warning',
      says: `${said}: it took it. Whoever knows the address can send pings to it.`,
      todo: 'Compare the bearer token with the client_notification_token of the request, and answer 401 to any other (CIBA §10.2).',
      see: PINGS,
    };
  if (status >= 300 && status < 400)
    return {
      state: 'broken',
      says: `${said}: redirects are not followed (CIBA §10.2), so no ping arrives.`,
      todo: 'Register the address to which it redirects.',
      see: PINGS,
    };
  if (status === 404 || status === 405 || status === 410)
    return {
      state: 'broken',
      says: `${said}: nothing takes a POST at this path.`,
      todo: 'Check the path of the registered address. It must take a POST with a JSON body.',
      see: PINGS,
    };
  if (status >= 500)
    return {
      state: 'broken',
      says: `${said}: the endpoint fails.`,
      todo: 'Look at the log of the endpoint. A token that it does not know must be answered with 401.',
      see: PINGS,
    };
  return {
    state: 'warning',
    says: `${said}. 401 is the answer for it (CIBA §10.2).`,
    todo: 'A real ping counts as delivered with any answer, so check that this one is meant.',
    see: PINGS,
  };
}

function unreachable({ endpoint: url, reason }: Extract<EndpointTestReport, { outcome: 'unreachable' }>): Finding {
  const [why, todo] = UNREACHABLE[reason] ?? [plainLine(reason), 'Use the ciba command of the deployed version.'];
  return { state: 'broken', says: `No ping reaches ${plainLine(url)}: ${why}.`, todo, see: SEE };
}
