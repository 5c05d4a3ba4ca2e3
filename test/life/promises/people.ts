import type { Ask, RequestStory } from '../world/history.ts';
import { FIRST_PAUSE_SECONDS, WRONG_USER_CODES } from '../world/scene.ts';
import type { World } from '../world/world.ts';

// What protects people from being found out, and from being asked too often.

/** Refusals that say something about a person (`core/asking/concealment.ts`). */
const ABOUT_PEOPLE = [
  'unknown_user',
  'no_reachable_device',
  'user_rate_limited',
  'missing_user_code',
  'wrong_user_code',
  'too_many_wrong_user_codes',
];

/** The request that a call made. Undefined if it made none. */
const madeBy = ({ history }: World, { invocation }: Ask): RequestStory | undefined =>
  history.requests.find(({ commits }) => commits[0]?.invocation === invocation);

const isAsked = ({ isSilent, isConcealed }: RequestStory): boolean => !isSilent && !isConcealed;

/** Where users are concealed, no answer to a client says something about a person. */
export function tellsOfPeople({ history, scene }: World): readonly string[] {
  if (!scene.isConcealing) return [];
  const said = [...history.asks, ...history.requests.flatMap(({ resends }) => resends)].map((call) => call.said ?? '');
  return said.filter((one) => ABOUT_PEOPLE.includes(one)).map((one) => `a client was told: ${one}`);
}

/** A request that asks nobody rings no phone, is decided by nobody, and gives no tokens. */
export function nobodyAnswers({ history }: World): readonly string[] {
  return history.requests
    .filter((request) => !isAsked(request))
    .flatMap(({ number, requestId, commits }) => {
      const isDecided = commits.some(({ to }) => to !== 'pending' && to !== 'failed');
      const isRung = history.rings.some((ring) => ring.requestId === requestId);
      return isDecided || isRung ? [`request ${number} asks nobody, and was answered or rang`] : [];
    });
}

/** A client that guesses at a user code is told of as many wrong ones as it may send in a day. */
export function guessedTooOften({ history }: World): readonly string[] {
  const wrong = history.asks.filter(({ said }) => said === 'wrong_user_code');
  const byClient = Map.groupBy(wrong, ({ clientId }) => clientId);
  return [...byClient]
    .filter(([, asks]) => asks.length > WRONG_USER_CODES)
    .map(([clientId, asks]) => `${clientId} was told that ${asks.length} user codes were wrong`);
}

/** A person with a user code is asked only with it, and not any more after too many wrong ones. */
export function askedWithoutCode(world: World): readonly string[] {
  const { history, scene } = world;
  if (!scene.hasUserCode) return [];
  const toBen = history.asks.filter(({ sub }) => sub === 'ben');
  return toBen.flatMap((ask) => {
    const request = madeBy(world, ask);
    if (request?.sub !== 'ben') return [];
    if (ask.code !== 'right') return [`request ${request.number} asks ben without his user code`];
    const wrong = toBen.filter(
      (one) =>
        one.code === 'wrong' &&
        one.clientId === ask.clientId &&
        (one.said === 'wrong_user_code' || (scene.isConcealing && one.said === 'asked')) &&
        (one.invocation?.endedAt ?? Infinity) < ask.startedAt,
    );
    return wrong.length >= WRONG_USER_CODES
      ? [`request ${request.number} asks ben after ${wrong.length} wrong codes`]
      : [];
  });
}

/** After a denial that a phone was told to hold, the client cannot ask this person again before its pause is over. */
export function askedInPause(world: World): readonly string[] {
  const { history, scene } = world;
  if (!scene.hasPauses) return [];
  return history.requests.flatMap(({ commits, accepted, clientId, registrationId, sub }) => {
    const denial = commits.find(({ to }) => to === 'denied');
    const told = accepted.find(({ invocation }) => invocation === denial?.invocation);
    if (!denial || !told || told.invocation.isDisturbed) return [];
    const others = history.requests.filter((one) => one.sub === sub && one.clientId === clientId);
    const mayBeOver =
      others.some((one) => hasApprovalAfter(one, denial.at)) ||
      history.attemptsAbout({ sub, clientId }).some(({ what }) => what === 'report ended' || what === 'client removed');
    if (mayBeOver) return [];
    const asked = others.filter(
      (one) =>
        one.registrationId === registrationId &&
        isAsked(one) &&
        (one.commits[0]?.invocation?.startedAt ?? 0) > told.at &&
        one.issuedAt < denial.clock + FIRST_PAUSE_SECONDS,
    );
    return asked.map(({ number }) => `request ${number} was asked in the pause after a denial`);
  });
}

/** Whether an approval may have ended a pause after this place. */
function hasApprovalAfter({ commits }: RequestStory, place: number): boolean {
  const approval = commits.find(({ to }) => to === 'approved' || to === 'awaiting_number');
  return approval !== undefined && (approval.invocation?.endedAt ?? Infinity) > place;
}

/** An approval that waits for its number is open too: its client must not notice it. */
const OPEN: readonly string[] = ['pending', 'awaiting_number'];

/** Where a client may have one request open with each person, there are never two. */
export function twoOpen({ history, scene }: World): readonly string[] {
  // Where users are concealed, a request whose phones did not ring stays open, and its client may ask again.
  if (!scene.hasOneOpenRequest || scene.isConcealing) return [];
  return history.requests.flatMap((request) => {
    const [made] = request.commits;
    if (!made || !isAsked(request)) return [];
    const open = history.requests.filter(
      (other) =>
        other !== request &&
        isAsked(other) &&
        other.sub === request.sub &&
        other.registrationId === request.registrationId &&
        other.expiresAt > request.issuedAt &&
        OPEN.includes(String(other.commits.filter(({ at }) => at < made.at).at(-1)?.to)),
    );
    return open.map(({ number }) => `request ${request.number} was made while request ${number} was open`);
  });
}

/** A client is not kept from asking by a request that is over, whatever became of the call that ended it. */
export function lockedOut(world: World): readonly string[] {
  const { history } = world;
  return history.asks
    .filter(({ said }) => said === 'request_open')
    .flatMap((ask) => {
      const before = history.asks.filter(
        (one) =>
          one !== ask &&
          one.clientId === ask.clientId &&
          one.sub === ask.sub &&
          one.startedAt < (ask.invocation?.endedAt ?? Infinity),
      );
      // A copy of this very attempt may have opened it.
      const isClean = !ask.invocation?.isDisturbed && before.every((one) => isOverFor(world, one, ask));
      return isClean ? [`${ask.clientId} could not ask ${ask.sub}, with whom it has no open request`] : [];
    });
}

/** Whether what an earlier call asked stood in nobody's way any more. */
function isOverFor(world: World, one: Ask, ask: Ask): boolean {
  const { invocation } = one;
  if (!invocation || invocation.isDisturbed || (invocation.endedAt ?? Infinity) > ask.startedAt) return false;
  const request = madeBy(world, one);
  if (!request) return true;
  if (!isAsked(request)) return false;
  return request.expiresAt <= ask.startedClock || isEnded(request, ask);
}

/** Whether a request had ended when this call began. An approval that waits for its number has not. */
const isEnded = ({ commits }: RequestStory, { startedAt }: Ask): boolean =>
  commits.some(({ to, at }) => to !== 'pending' && to !== 'awaiting_number' && at < startedAt);
