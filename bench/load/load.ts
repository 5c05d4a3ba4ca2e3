import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkLogins } from './checks.ts';
import type { LoadOptions } from './load-options.ts';
import { LoadWorld, patiently } from './load-world.ts';
import { logIn } from './login.ts';
import type { LoginRecord } from './login-record.ts';
import { PingEndpoint } from './ping-endpoint.ts';
import { ProviderProcess } from './provider-process.ts';
import { type Figures, figuresOf, unexpectedFaults } from './report.ts';
import { readEvidenceKeys, readRequests, readTrail, trailSize } from './stored.ts';
import { checkTrail } from './trail-checks.ts';

/** What came of a load test. */
export type LoadResult = {
  /** What is wrong, in words. Empty if nothing was lost and nothing happened twice. */
  readonly findings: readonly string[];
  readonly figures: Figures;
};
type Started = {
  readonly world: LoadWorld;
  readonly provider: ProviderProcess;
  readonly endpoint: PingEndpoint;
  readonly dataFolder: string;
};

const SETTLE_MILLISECONDS = 60_000;

/**
 * Runs a load test: start, logins with throttles and kills, comparison. `say` gets a line about each step. Once `stop` is
 * aborted, no login begins any more.
 */
export async function runLoad(
  options: LoadOptions,
  say: (line: string) => void,
  stop: AbortSignal = new AbortController().signal,
): Promise<LoadResult> {
  await using stack = new AsyncDisposableStack();
  const dataFolder = await mkdtemp(join(tmpdir(), 'ciba-load-'));
  stack.defer(() => rm(dataFolder, { recursive: true, force: true }));
  const world = new LoadWorld();
  const endpoint = await PingEndpoint.start((authReqId) => world.pings.arrive(authReqId));
  stack.defer(() => endpoint.close());
  const onPush = (requestId: string) => world.pushes.arrive(requestId);
  const provider = await ProviderProcess.start({ dataFolder, certificate: endpoint.cert, onPush });
  stack.defer(() => provider.end());
  await world.populate(provider, endpoint, options.logins);
  say(`${world.clients.length} clients and ${world.people.length} people are there`);
  const bytesBefore = await trailSize(dataFolder);
  provider.throttle(options.throttledPercent);
  const startedAt = Date.now();
  const logins = await logInMany({ world, provider, endpoint, dataFolder }, options, { say, stop });
  const seconds = (Date.now() - startedAt) / 1000;
  provider.throttle(0);
  // Awaited here, because what was started ends when this function returns.
  return await compare({ world, provider, endpoint, dataFolder }, options, { logins, bytesBefore, seconds });
}

/** Has so many logins open at once, and kills the provider in between. */
async function logInMany(
  { world, provider }: Started,
  options: LoadOptions,
  { say, stop }: { say: (line: string) => void; stop: AbortSignal },
): Promise<readonly LoginRecord[]> {
  const until = Date.now() + options.minutes * 60_000;
  const logins: LoginRecord[] = [];
  let finished = 0;
  let kills = 0;
  let killing: Promise<void> = Promise.resolve();
  const finish = () => {
    finished += 1;
    if (finished % 500 === 0) say(`${finished} of ${options.logins} logins are over`);
    if (finished !== Math.floor((options.logins * (kills + 1)) / (options.kills + 1)) || kills >= options.kills) return;
    kills += 1;
    say(`the provider is killed after ${finished} logins`);
    killing = killing.then(() => provider.killAndRestart()).then(() => say('the provider is there again'));
  };
  const work = async () => {
    while (logins.length < options.logins && Date.now() < until && !stop.aborted) {
      const login = newLogin(world, logins.length);
      logins.push(login);
      await logIn(world, login).catch((error: Error) => login.problems.push(error.stack ?? error.message));
      finish();
    }
  };
  await Promise.all(Array.from({ length: options.atOnce }, work));
  await killing;
  return logins;
}

/** The shares of the logins: of 20 one is never answered, four are denied. Clients and people take turns. */
function newLogin({ clients, people }: LoadWorld, index: number): LoginRecord {
  const client = clients[Math.floor(index / 20 + index) % clients.length];
  const person = people[index % people.length];
  if (!client || !person) throw new Error('there are no clients or no people');
  const share = index % 20;
  return {
    index,
    intent: share === 0 ? 'nothing' : share % 5 === 4 ? 'deny' : 'approve',
    mode: client.mode,
    sub: person.sub,
    clientId: client.client_id,
    pingToken: `ping-token-of-login-${index}`,
    authReqId: undefined,
    requestId: undefined,
    failedAsks: 0,
    lostPolls: 0,
    tokens: [],
    end: undefined,
    isPushed: false,
    problems: [],
  };
}

/** Waits until no ping is under way: after a kill one is sent again as soon as its lease of 20 seconds is over. */
async function settle(provider: ProviderProcess, logins: readonly LoginRecord[]): Promise<void> {
  const decided = new Set(logins.filter(({ intent }) => intent !== 'nothing').map(({ requestId }) => requestId));
  await patiently(Date.now() + SETTLE_MILLISECONDS, async () => {
    const { notifications } = await readRequests(provider.awsEndpoint);
    const isOpen = notifications.some((one) => one.auth_req_id !== undefined && decided.has(one.requestId));
    return isOpen ? undefined : true;
  });
}

async function compare(
  { provider, endpoint, dataFolder }: Started,
  options: LoadOptions,
  did: { logins: readonly LoginRecord[]; bytesBefore: number; seconds: number },
): Promise<LoadResult> {
  const { logins, bytesBefore, seconds } = did;
  await settle(provider, logins);
  const trailBytes = (await trailSize(dataFolder)) - bytesBefore;
  const records = await readTrail(dataFolder, await readEvidenceKeys(provider.awsEndpoint));
  const { requests, notifications } = await readRequests(provider.awsEndpoint);
  await provider.end();
  const { kills } = provider;
  const { pings } = endpoint;
  const counted = provider.figures();
  const hasFaults = counted.some(({ faults }) => Object.keys(faults).length > 0);
  const seen = { logins, requests, notifications, pings, kills, hasFaults, now: Date.now() };
  const findings = [
    ...(logins.length < options.logins ? [`only ${logins.length} of ${options.logins} logins were made`] : []),
    ...checkLogins(seen),
    ...checkTrail({ records, requests, kills }),
    ...unexpectedFaults(counted),
    ...provider.complaints.map((text) => `the provider complained: ${text}`),
  ];
  return { findings, figures: figuresOf({ ...seen, counted, trailBytes, seconds, records }) };
}
