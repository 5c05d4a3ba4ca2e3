import { checkAskable, checkNamed, type NamedUser } from '../../../core/asking/askable.ts';
import { isHidden, nobodyNamed } from '../../../core/asking/concealment.ts';
import { type LoginHint, namesIn } from '../../../core/asking/hint.ts';
import { isLongLived, limitsOf } from '../../../core/asking/rate-window.ts';
import type { Client } from '../../../core/client/client.ts';
import { requestIdOf } from '../../../core/digest.ts';
import { blockOf, pauseLeft } from '../../../core/person/client-block.ts';
import type { UserWithBlocks } from '../../../core/person/user.ts';
import { ok, type Result } from '../../../core/result.ts';
import type { Devices } from '../../device/ports.ts';
import type { People } from '../../person/ports.ts';
import { findUserWithDevices } from '../../person/user-with-devices.ts';
import type { Clock, Entropy, Note } from '../../ports.ts';
import type { MetRequests, OpenQuestions, OpenRequest, OpenRequests, QuestionTo } from '../ports.ts';
import type { UnaskedAttempt } from './ask-nobody.ts';
import {
  type CheckedUserCode,
  type CheckUserCodePorts,
  checkUserCode,
  settleUserCode,
  spendLikeUserCode,
} from './check-user-code.ts';
import type { Askable } from './new-request.ts';
import { closeAttempt, openAttempt } from './open-attempt.ts';

/** What this step needs. */
export type FindAndCountPorts = CheckUserCodePorts & {
  readonly people: People;
  readonly devices: Pick<Devices, 'listOf'>;
  readonly openRequests: OpenRequests;
  readonly metRequests: MetRequests;
  readonly openQuestions: OpenQuestions;
  readonly entropy: Entropy;
  readonly clock: Clock;
};

/** The user whom the client may ask. */
type Target = Pick<Askable, 'target' | 'block' | 'countedAt' | 'opened' | 'question'>;
/** A client's attempt to ask a user. */
type Attempt = Pick<Askable, 'client' | 'wanted' | 'authReqId' | 'asked' | 'askedAt'>;

/**
 * Resolves the hint, then reads the user and counts the attempt in parallel. An attempt over a limit stores nothing. A
 * user code is checked after that, when it is known whose it is. Where users are concealed, the same is done for a hint
 * that names nobody, or nobody whom this client may name, so that the time tells nothing.
 */
export async function findAndCount(
  ports: FindAndCountPorts,
  { client, wanted, authReqId, asked: { acrValues }, askedAt: now }: Attempt,
  note: Note,
): Promise<Extract<Result<Target>, { ok: true }> | Unasked> {
  const { hint, expiresInSeconds, bindingMessage, userCode: sent } = wanted;
  const isLong = isLongLived(expiresInSeconds);
  const { clientId, onlySub, isSynthetic } = client;
  const { userLimits, clientLimits, denialPause, concealsUsers } = ports.settings;
  const limits = limitsOf(client, clientLimits);
  const life = { requestId: requestIdOf(authReqId), expiresAt: now + expiresInSeconds };
  const [clientLimit, { foundBySub, isRead, ...resolved }] = await Promise.all([
    limits && ports.rateWindows.countForClient(clientId, limits, now),
    resolveHint(ports, hint, { concealsUsers, needsAll: concealsUsers || onlySub !== undefined }),
  ]);
  const nobody = concealsUsers ? nobodyNamed(hint).sub : undefined;
  const named: NamedUser = { hint, clientLimit, onlySub, isSynthetic, ...resolved, sub: resolved.sub ?? nobody };
  const allowed = checkNamed(named);
  const sub = !allowed.ok && isHidden(allowed.refusal, ports.settings) ? ok(nobodyNamed(hint).sub) : allowed;
  if (!sub.ok) return refuseUnasked(ports, { client, hint, refused: sub, sent });
  const [found, userLimit, { openSeconds, meetsAnother, ...open }] = await Promise.all([
    isRead ? foundBySub : findUserWithDevices(ports, sub.value),
    userLimits ? ports.rateWindows.countForUser({ sub: sub.value, isLong }, userLimits, now) : undefined,
    openAttempt(ports, { client, sub: sub.value, ...life }, now),
  ]);
  if (found) note({ sub: found.user.sub });
  const code = await checkUserCode(ports, { client, sub: sub.value, found, sent }, now);
  const block = found && blockOf(found.blocks, { client, profileId: found.user.profileId });
  const known = { ...named, found, userCode: code.judged, userLimit, acrValues, openSeconds };
  const askable = checkAskable({
    ...known,
    needsMessage: meetsAnother && bindingMessage === undefined,
    pauseSeconds: pauseLeft(block, denialPause, now),
  });
  const countedAt = userLimit?.allowed ? now : undefined;
  if (!askable.ok)
    return refuseUnasked(ports, { client, hint, refused: askable, sub: sub.value, isLong, countedAt, code, ...open });
  await settleUserCode(ports, code, true);
  return ok({ target: askable.value, block, countedAt, ...open });
}

/** The subject that a hint names. `isRead`: whether there is no user to read but `foundBySub`. */
type Resolved = Pick<NamedUser, 'sub' | 'differ'> & { foundBySub: UserWithBlocks | undefined; isRead: boolean };

/**
 * Finds the subject that a hint names. A hint that is a subject reads the user, so that a subject that does not exist
 * leaves no counter behind. Names of different users name nobody. Where users are concealed, and for a client that may
 * name one user alone, each name must be known: otherwise a client could put the name of a confederate, or of its own
 * user, beside another name, and see by the answer or the phone whether the other one is known.
 */
async function resolveHint(
  ports: Pick<FindAndCountPorts, 'people' | 'devices'>,
  hint: LoginHint,
  { concealsUsers, needsAll }: { readonly concealsUsers: boolean; readonly needsAll: boolean },
): Promise<Resolved> {
  const names = namesIn(hint);
  const each = await Promise.all(
    names.map(async (name) => {
      if (name.kind === 'identifier') return { sub: await ports.people.resolve(name.identifier), found: undefined };
      const found = await findUserWithDevices(ports, name.sub);
      return { sub: found?.user.sub, found };
    }),
  );
  const [sub, ...others] = new Set(each.map((one) => one.sub).filter((one) => one !== undefined || needsAll));
  const differ = others.length > 0;
  const foundBySub = differ ? undefined : each.find(({ found }) => found)?.found;
  const isRead =
    foundBySub !== undefined || hint.kind === 'sub' || (concealsUsers && names.some((one) => one.kind === 'sub'));
  return { sub: differ ? undefined : sub, differ, foundBySub, isRead };
}

type Refused = Extract<Result<never>, { ok: false }>;
/** A refusal. If it is hidden from the client, it has the attempt that is still counted for a user. */
type Unasked = Refused & Pick<UnaskedAttempt, 'counted'>;

/**
 * Refuses a request for which no phone rings. It uses up no limit of the user, and a client that named an unknown user
 * is counted, once for each name. If the refusal is hidden from the client, nothing is counted that would later tell
 * how many users were unknown, and the attempt is given back when the request is stored, in place of its details.
 */
async function refuseUnasked(
  ports: FindAndCountPorts,
  attempt: {
    client: Client;
    hint: LoginHint;
    refused: Refused;
    sub?: string;
    isLong?: boolean;
    countedAt?: number | undefined;
    opened?: OpenRequest | undefined;
    question?: QuestionTo | undefined;
    sent?: string | undefined;
    code?: CheckedUserCode | undefined;
  },
): Promise<Unasked> {
  const { rateWindows, settings, clock } = ports;
  const { client, hint, refused, sub, isLong = false, countedAt, sent, code } = attempt;
  if (!code) await spendLikeUserCode(ports, sent, refused.refusal);
  const limits = limitsOf(client, settings.clientLimits);
  const counted = sub !== undefined && countedAt !== undefined ? { sub, at: countedAt } : undefined;
  const isConcealed = isHidden(refused.refusal, settings);
  await Promise.all([
    counted && !isConcealed && rateWindows.giveBack({ sub: counted.sub, isLong }, counted.at),
    closeAttempt(ports, attempt),
    code && settleUserCode(ports, code, false),
    refused.refusal.reason === 'unknown_user' &&
      !isConcealed &&
      limits &&
      rateWindows.countUnknownUser({ clientId: client.clientId, names: namesIn(hint).length }, limits, clock()),
  ]);
  return { ...refused, counted: isConcealed ? counted : undefined };
}
