import type { LoginRecord } from './login-record.ts';
import type { Ping } from './ping-endpoint.ts';
import type { Kill } from './provider-process.ts';
import type { StoredNotification, StoredRequest } from './stored.ts';

/** All that is known after a load test. Instants of the table are epoch seconds, all others milliseconds since 1970. */
export type Seen = {
  readonly logins: readonly LoginRecord[];
  readonly requests: readonly StoredRequest[];
  readonly notifications: readonly StoredNotification[];
  readonly pings: readonly Ping[];
  readonly kills: readonly Kill[];
  /** Whether a fault may have kept the function from recording that a client was told. */
  readonly hasFaults: boolean;
  readonly now: number;
};

/** What the members of a request say about its state, beside `state` itself. */
const MEMBERS_OF_STATE: Readonly<Record<string, { decided: boolean; claimed: boolean; grant: boolean }>> = {
  pending: { decided: false, claimed: false, grant: false },
  approved: { decided: true, claimed: false, grant: true },
  denied: { decided: true, claimed: false, grant: false },
  redeemed: { decided: true, claimed: true, grant: false },
  failed: { decided: false, claimed: false, grant: false },
};

const STATE_OF_END = { tokens: 'redeemed', access_denied: 'denied', expired_token: 'pending' } as const;
const END_OF_INTENT = { approve: 'tokens', deny: 'access_denied', nothing: 'expired_token' } as const;

/** Compares what clients and phones saw with the tables. Returns what differs, in words; nothing if all is well. */
export function checkLogins(seen: Seen): readonly string[] {
  const stored = new Map(seen.requests.map((request) => [request.requestId, request]));
  return [
    ...seen.logins.flatMap((login) => login.problems.map((problem) => `login ${login.index}: ${problem}`)),
    ...seen.logins.flatMap((login) => checkLogin(login, stored, seen.now)),
    ...seen.requests.flatMap(checkState),
    ...checkTokens(seen.logins),
    ...checkLeftBehind(seen),
    ...checkPings(seen),
  ];
}

/** A login ends as its person wanted it, and the table has that state. */
function checkLogin(login: LoginRecord, stored: ReadonlyMap<string, StoredRequest>, now: number): readonly string[] {
  const name = `login ${login.index} (${login.mode}, ${login.intent})`;
  if (login.requestId === undefined || login.end === undefined) return [`${name} has no end`];
  const request = stored.get(login.requestId);
  if (!request) return [`${name}: its request is not in the table`];
  const isLost = isTokenLost(login);
  const end = isLost ? 'tokens' : login.end;
  if (end === 'invalid_grant' || end !== END_OF_INTENT[login.intent]) return [`${name} ended with ${end}`];
  const found: string[] = [];
  if (request.state !== STATE_OF_END[end]) found.push(`${name} ended with ${end}, but its request is ${request.state}`);
  if (request.sub !== login.sub || request.client_id !== login.clientId)
    found.push(`${name}: its request is of ${request.sub} and ${request.client_id}`);
  if (end === 'expired_token' && request.expires_at * 1000 > now)
    found.push(`${name} ended before its request expired`);
  return found;
}

/** Whether the answer with the tokens was on its way when the provider was killed. */
export function isTokenLost({ intent, end, lostPolls, tokens }: LoginRecord): boolean {
  return intent === 'approve' && end === 'invalid_grant' && lostPolls > 0 && tokens.length === 0;
}

/** A request is in exactly one state: its members say the same as `state`. */
function checkState(request: StoredRequest): readonly string[] {
  const { state, decided_at: decidedAt, claimed_by: claimedBy, grant } = request;
  const members = MEMBERS_OF_STATE[state];
  if (!members) return [`request ${request.requestId} has an unknown state: ${state}`];
  const wrong = [
    members.decided !== (decidedAt !== undefined) && 'decided_at',
    members.claimed !== (claimedBy !== undefined) && 'claimed_by',
    members.grant !== (grant !== undefined) && 'grant',
  ].filter((member) => member !== false);
  return wrong.map((member) => `request ${request.requestId} is ${state}, which its ${member} contradicts`);
}

/** Each login has tokens once at most, and no two have the same. */
function checkTokens(logins: readonly LoginRecord[]): readonly string[] {
  const twice = logins.filter(({ tokens }) => tokens.length > 1);
  const all = logins.flatMap(({ tokens }) => tokens);
  return [
    ...twice.map(({ index, tokens }) => `login ${index} got tokens ${tokens.length} times`),
    ...(new Set(all).size < all.length && twice.length === 0 ? ['two logins got the same tokens'] : []),
  ];
}

/** A request that no client knows is one whose answer failed or was lost. Nobody can have decided it. */
function checkLeftBehind({ logins, requests }: Seen): readonly string[] {
  const known = new Set(logins.map(({ requestId }) => requestId));
  const unknown = requests.filter(({ requestId }) => !known.has(requestId));
  const failedAsks = logins.reduce((sum, login) => sum + login.failedAsks, 0);
  return [
    ...unknown
      .filter(({ state }) => state !== 'pending' && state !== 'failed')
      .map(({ requestId, state }) => `request ${requestId} is ${state}, but no client knows it`),
    ...(unknown.length > failedAsks
      ? [`${unknown.length} requests are known to no client, but only ${failedAsks} asks failed`]
      : []),
  ];
}

/** Each decision is told once at least, to the client that asked, and nothing is told of what nobody decided. */
function checkPings({ logins, pings, kills, hasFaults, notifications }: Seen): readonly string[] {
  const byId = Map.groupBy(pings, ({ authReqId }) => authReqId);
  const asked = new Map(logins.map((login) => [login.authReqId, login]));
  const open = new Set(notifications.filter((one) => one.auth_req_id !== undefined).map(({ requestId }) => requestId));
  const foreign = pings.filter(({ authReqId, token }) => asked.get(authReqId)?.pingToken !== token);
  return [
    ...foreign.map(({ authReqId }) => `a ping names ${authReqId} with the token of another login, or of none`),
    ...logins.flatMap((login) => {
      const own = (byId.get(login.authReqId ?? '') ?? []).filter(({ isAnswered }) => isAnswered);
      const isTold = login.mode === 'ping' && login.intent !== 'nothing';
      const name = `login ${login.index} (${login.mode}, ${login.intent})`;
      if (!isTold) return own.length > 0 ? [`${name} got a ping`] : [];
      if (own.length === 0) return [`${name} got no ping`];
      const found: string[] = [];
      if (open.has(login.requestId ?? '')) found.push(`${name} was told, but its auth_req_id is still stored`);
      if (own.length > 1 && !hasFaults && !isKilledBetween(own, kills)) found.push(`${name} got ${own.length} pings`);
      return found;
    }),
  ];
}

function isKilledBetween(pings: readonly Ping[], kills: readonly Kill[]): boolean {
  const times = pings.map(({ at }) => at);
  return kills.some(({ at }) => Math.min(...times) <= at + 1_000 && at <= Math.max(...times));
}
