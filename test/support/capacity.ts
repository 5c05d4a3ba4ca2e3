import { functions } from '../../infra/functions/deployed-functions.ts';
import { type FunctionSpec, throttleOf } from '../../provider/core/operating/function-spec.ts';

// What AWS sees at a steady rate of logins, and which quotas that needs. The numbers of one login are counted:
// test/e2e/costs.test.ts holds them to a login of each kind. Seconds are estimates, because nothing was measured on AWS.
// Quotas are AWS's defaults of November 2026; docs/capacity.md names the page of each.

/** What one login asks of AWS. Units are those of DynamoDB, lines those of the functions and of the audit trail. */
export type LoginLoad = {
  readonly authenticationCalls: number;
  readonly tokenCalls: number;
  readonly deviceCalls: number;
  readonly pings: number;
  readonly writeUnits: number;
  readonly requestReadUnits: number;
  readonly directoryReadUnits: number;
  readonly clientReads: number;
  readonly publishes: number;
  readonly records: number;
  readonly recordKilobytes: number;
  readonly lines: number;
  readonly lineKilobytes: number;
};

/** A login with four pending polls, and one whose client is pinged. */
export const LOGINS = {
  poll: {
    authenticationCalls: 1,
    tokenCalls: 5,
    deviceCalls: 2,
    pings: 0,
    writeUnits: 11,
    requestReadUnits: 4,
    directoryReadUnits: 8,
    clientReads: 1,
    publishes: 1,
    records: 2,
    recordKilobytes: 2.3,
    lines: 11,
    lineKilobytes: 4.4,
  },
  ping: {
    authenticationCalls: 1,
    tokenCalls: 1,
    deviceCalls: 2,
    pings: 1,
    writeUnits: 10,
    requestReadUnits: 5,
    directoryReadUnits: 8,
    clientReads: 1,
    publishes: 2,
    records: 2,
    recordKilobytes: 2.3,
    lines: 8,
    lineKilobytes: 3.7,
  },
} as const satisfies Record<string, LoginLoad>;

const MODES = ['poll', 'ping'] as const;
type Mode = (typeof MODES)[number];
const RATES = [10, 100, 1000] as const;
const MONTH_SECONDS = 30 * 86_400;
/** Events of a login for other systems, with the setting `events`: asked and approved. */
const EVENTS = 2;
/** How long a function is busy with a call, in seconds, with the waits for AWS. On the safe side. */
const BUSY_SECONDS = { authentication: 0.3, token: 0.05, device: 0.15, ping: 0.3 };
/** How many pings one instance makes at once (infra/notifications/client-notifications.ts). */
const PINGS_AT_ONCE = 5;
/** What to ask for, as a multiple of what a steady rate needs. */
const HEADROOM = 1.5;

const apiCalls = ({ authenticationCalls, tokenCalls, deviceCalls }: LoginLoad): number =>
  authenticationCalls + tokenCalls + deviceCalls;
const pingInstances = ({ pings }: LoginLoad): number => (pings * BUSY_SECONDS.ping) / PINGS_AT_ONCE;
/** Functions that run at once for one login a second. */
const instances = (load: LoginLoad): number =>
  load.authenticationCalls * BUSY_SECONDS.authentication +
  load.tokenCalls * BUSY_SECONDS.token +
  load.deviceCalls * BUSY_SECONDS.device +
  pingInstances(load);

/** Rounds up to two significant digits: quotas are asked for in round numbers. */
export function roundUp(value: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1);
  return Math.ceil(Math.round((value / step) * 1e6) / 1e6) * step;
}

const number = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 1 : 0 });
const table = (headings: readonly string[], body: readonly (readonly string[])[]): string =>
  [headings, headings.map(() => '---'), ...body].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** A line of the first table: what is counted, and how much of it one login a second makes. */
type LoadRow = readonly [what: string, perLogin: (load: LoginLoad) => number];
const LOAD_ROWS: readonly LoadRow[] = [
  ['API Gateway: calls', apiCalls],
  ['of these `POST /bc-authorize`', ({ authenticationCalls }) => authenticationCalls],
  ['of these `POST /token`', ({ tokenCalls }) => tokenCalls],
  ['of these each of the two routes that the phone calls', ({ deviceCalls }) => deviceCalls / 2],
  ['Lambda: functions that run at once (estimate)', instances],
  ['DynamoDB, Transactions: write units', ({ writeUnits }) => writeUnits],
  ['DynamoDB, Transactions: read units', ({ requestReadUnits }) => requestReadUnits],
  ['DynamoDB, Directory: read units', ({ directoryReadUnits }) => directoryReadUnits],
  ['SNS: publishes, one device a user', ({ publishes }) => publishes],
  ['SQS: messages', ({ pings }) => pings],
  ['Firehose: requests for durable records', ({ records }) => records],
  ['Firehose: KB of these records', ({ recordKilobytes }) => recordKilobytes],
  ['CloudWatch Logs: lines of functions', ({ lines }) => lines],
  ['CloudWatch Logs: KB of these lines', ({ lineKilobytes }) => lineKilobytes],
  ['EventBridge: events, only with `events`', () => EVENTS],
];

/** What each service sees in a second, for one kind of login. */
function loadTable(mode: Mode): string {
  const rows = LOAD_ROWS.map(([what, perLogin]) => {
    const one = perLogin(LOGINS[mode]);
    return [what, number(one), ...RATES.map((rate) => number(one * rate))];
  });
  return table(['in a second', 'one login', ...RATES.map((rate) => `${number(rate)} logins`)], rows);
}

/** A quota: its default, and how much of it a login a second uses in the mode that uses more. */
type Quota = { readonly name: string; readonly is: number; readonly perLogin: (load: LoginLoad) => number };
const rateOf = (spec: Pick<FunctionSpec, 'throttle'>): number => throttleOf(spec)?.rate ?? 0;
const QUOTAS: readonly Quota[] = [
  { name: 'API Gateway, all APIs of the account in a region', is: 10_000, perLogin: apiCalls },
  { name: 'the same in some regions', is: 2500, perLogin: apiCalls },
  {
    name: 'setting `throttles.authentication`',
    is: rateOf(functions['backchannel-authentication']),
    perLogin: ({ authenticationCalls }) => authenticationCalls,
  },
  { name: 'setting `throttles.token`', is: rateOf(functions.token), perLogin: ({ tokenCalls }) => tokenCalls },
  { name: 'setting `throttles.device`', is: rateOf(functions.device), perLogin: ({ deviceCalls }) => deviceCalls / 2 },
  { name: 'Lambda, concurrent executions', is: 1000, perLogin: instances },
  { name: 'instances of `client-notification`', is: 5, perLogin: pingInstances },
  { name: 'DynamoDB, writes to a new table', is: 4000, perLogin: ({ writeUnits }) => writeUnits },
  { name: 'DynamoDB, write units of one table', is: 40_000, perLogin: ({ writeUnits }) => writeUnits },
  { name: 'DynamoDB, reads of a new table', is: 12_000, perLogin: ({ directoryReadUnits }) => directoryReadUnits },
  { name: 'SNS, publishes in the smallest regions', is: 300, perLogin: ({ publishes }) => publishes },
  { name: 'SNS, publishes in us-east-1', is: 30_000, perLogin: ({ publishes }) => publishes },
  { name: 'Firehose, requests to one stream, three regions', is: 2000, perLogin: ({ records }) => records },
  { name: 'Firehose, requests to one stream, other regions', is: 1000, perLogin: ({ records }) => records },
  {
    name: 'Firehose, KB to one stream, other regions',
    is: 1048,
    perLogin: ({ recordKilobytes }) => recordKilobytes,
  },
  { name: 'EventBridge, `PutEvents` in us-east-2', is: 2400, perLogin: () => EVENTS },
  { name: 'AWS WAF, calls of one web ACL', is: 100_000, perLogin: apiCalls },
];

const most = (perLogin: Quota['perLogin']): number => Math.max(...MODES.map((mode) => perLogin(LOGINS[mode])));

/** What to ask for at a rate, or that the default is enough with headroom. */
function asked({ is, perLogin }: Quota, rate: number): string {
  const wanted = roundUp(most(perLogin) * rate * HEADROOM);
  return wanted <= is ? 'enough' : number(wanted);
}

function quotaTable(): string {
  const rows = QUOTAS.map((quota) => [
    quota.name,
    number(quota.is),
    number(Math.floor(quota.is / most(quota.perLogin))),
    ...RATES.map((rate) => asked(quota, rate)),
  ]);
  return table(['quota', 'default', 'carries logins a second', ...RATES.map((rate) => `for ${number(rate)}`)], rows);
}

/** The settings for the highest rate, as a block of JSON. */
function settingsBlock(): string {
  const rate = RATES.at(-1) ?? 0;
  const wanted = (perLogin: Quota['perLogin']) => roundUp(most(perLogin) * rate * HEADROOM);
  const throttle = (perLogin: Quota['perLogin']) => ({ rate: wanted(perLogin), burst: 2 * wanted(perLogin) });
  const settings = {
    throttles: {
      authentication: throttle(({ authenticationCalls }) => authenticationCalls),
      token: throttle(({ tokenCalls }) => tokenCalls),
      device: throttle(({ deviceCalls }) => deviceCalls / 2),
    },
    reservedConcurrency: { 'client-notification': wanted(pingInstances) },
    alarms: { email: 'on-call@example.com', concurrentExecutions: wanted(instances) },
  };
  return `\`\`\`json\n${JSON.stringify(settings, null, 2)}\n\`\`\``;
}

/** Dollars of a million logins, from the row "in all" of docs/operations.md. */
export function dollarsOfMillion(operations: string): Readonly<Record<Mode, number>> {
  const [, poll = '', ping = ''] = /^\| \*\*in all\*\* \| ([\d.]+) \| ([\d.]+) \|$/m.exec(operations) ?? [];
  if (poll === '') throw new Error('docs/operations.md has no row "in all"');
  return { poll: Number(poll), ping: Number(ping) };
}

function costTable(operations: string): string {
  const dollars = dollarsOfMillion(operations);
  const monthly = (mode: Mode, rate: number) => number(roundUp(((rate * MONTH_SECONDS) / 1e6) * dollars[mode]));
  const rows = MODES.map((mode) => [`${mode} mode`, ...RATES.map((rate) => monthly(mode, rate))]);
  const millions = RATES.map((rate) => number((rate * MONTH_SECONDS) / 1e6));
  return table(
    ['around the clock', ...RATES.map((rate) => `${number(rate)} logins a second`)],
    [
      ['million logins a month', ...millions],
      ...rows.map(([mode = '', ...cells]) => [`dollars a month, ${mode}`, ...cells]),
    ],
  );
}

export const CAPACITY_PAGE = 'docs/capacity.md';

/** Returns the page with its tables made again. */
export function withCapacityTables(page: string, operations: string): string {
  const blocks = {
    poll: loadTable('poll'),
    ping: loadTable('ping'),
    quotas: quotaTable(),
    settings: settingsBlock(),
    cost: costTable(operations),
  };
  return Object.entries(blocks).reduce((text, [name, made]) => {
    const block = new RegExp(`(<!-- capacity, ${name}: [^\\n]*-->\\n)(?:[^]*?\\n)??(<!-- end -->)`);
    if (!block.test(text)) throw new Error(`${CAPACITY_PAGE} has no block for ${name}`);
    return text.replace(block, (_, begin: string, end: string) => `${begin}\n${made}\n\n${end}`);
  }, page);
}
