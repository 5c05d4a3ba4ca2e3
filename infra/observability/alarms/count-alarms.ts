import type { Dimension, MetricName } from '../../../provider/core/operating/metrics.ts';
import type { ProviderMetrics } from '../metrics.ts';
import type { AlarmSet } from './alarm-set.ts';

const HOUR_MINUTES = 60;
const DAY_MINUTES = 1440;

type Count = {
  readonly metric: MetricName;
  readonly dimensions?: Readonly<Partial<Record<Dimension, string>>>;
  readonly id: string;
  readonly runbook?: string;
  /** How many within these minutes. Default: five of them. */
  readonly threshold: number;
  readonly minutes?: number;
  readonly means: string;
  readonly first: string;
};

/** Counts of our own that somebody should look at. */
const COUNTS: readonly Count[] = [
  {
    metric: 'PushOutages',
    id: 'push-outage',
    threshold: 3,
    means: 'No push could be sent: logins are refused with 503.',
    first: 'is SNS disturbed in this region?',
  },
  {
    metric: 'PushCredentialsRefused',
    id: 'push-credentials',
    threshold: 1,
    means: 'SNS has switched off a platform application: Apple or Google refuse the credential.',
    first: 'was the key revoked? Store the new one in the secret and refresh.',
  },
  {
    metric: 'PushCredentialsNotApplied',
    id: 'push-credential-not-applied',
    runbook: 'push-credentials',
    threshold: 1,
    // It is counted once, by the deployment: within minutes nobody would have seen it.
    minutes: DAY_MINUTES,
    means:
      'A push credential could not be applied when it was deployed: its secret is empty, malformed or refused. OK only says that a day has passed, not that it was mended: ciba doctor tells.',
    first: 'the log of the function platform-application says which and why; mend the secret and refresh.',
  },
  {
    metric: 'RepeatedRedemptions',
    id: 'repeated-redemption',
    threshold: 1,
    means: 'A login was redeemed a second time: a client repeats itself, or an auth_req_id leaked.',
    first: 'compare the addresses of both calls.',
  },
  {
    metric: 'AssertionReplays',
    id: 'assertion-replays',
    threshold: 5,
    means: 'Client assertions are sent twice: a client reuses them, or somebody replays them.',
    first: 'which client, in the log of the function token?',
  },
  {
    metric: 'ClientAuthenticationFailures',
    id: 'client-authentication',
    threshold: 50,
    means: 'Many calls fail to authenticate the client: a wrong secret was rolled out, or somebody guesses.',
    first: 'one client or many, in the log?',
  },
  {
    metric: 'UsersLimited',
    id: 'push-bombing',
    threshold: 20,
    means: 'Users are asked more often than the limit allows. They are protected; somebody is trying.',
    first: 'which client asks, in the log of backchannel-authentication?',
  },
  {
    metric: 'PingsGivenUp',
    id: 'pings-given-up',
    threshold: 3,
    minutes: HOUR_MINUTES,
    means:
      'Users answered, and their clients could not be reached until nothing could be redeemed any more, nor did they poll: each approval among them is a lost login.',
    first: 'one client or many, in the log of client-notification?',
  },
  {
    metric: 'PingAttempts',
    dimensions: { detail: 'refused' },
    id: 'pings-refused',
    threshold: 10,
    minutes: HOUR_MINUTES,
    means:
      'Clients answer pings with something else than 2xx. No ping is sent twice, so one that only waits for it loses the login.',
    first: 'which client, and which notification_status, in the log of client-notification?',
  },
  {
    metric: 'DevicesRefused',
    id: 'devices-refused',
    threshold: 50,
    means: 'Many phones fail to authenticate: an app release is broken, or somebody guesses.',
    first: 'which detail, in the log of the function device?',
  },
];

export function addCountAlarms(alarms: AlarmSet, metrics: ProviderMetrics): void {
  for (const { metric, minutes = 5, dimensions, ...spec } of COUNTS) {
    alarms.add({ ...spec, metric: metrics.metric(metric, { minutes, ...(dimensions && { dimensions }) }) });
  }
}
