import type { History, RequestStory, Revocation } from '../world/history.ts';
import type { Invocation } from '../world/invocation.ts';
import type { World } from '../world/world.ts';
import { type Success, successesOf } from './successes.ts';

/** A revocation of this kind, with the members that it has. */
type Of<What extends Revocation['what']> = Revocation & { readonly what: What };

/**
 * Never a success after a revocation that was acknowledged before the winning call began to read.
 * The winning call reads the person and the client after the poll, or after it took the lease, and before it redeems.
 */
export function successAfterRevocation({ history }: World): readonly string[] {
  return history.requests.flatMap((request) =>
    successesOf(request).flatMap((success) => {
      const because = takenBack(history, request, success);
      return because === undefined ? [] : [`request ${request.number} led to tokens although ${because}`];
    }),
  );
}

function takenBack(history: History, request: RequestStory, { scope, invocation }: Success): string | undefined {
  if (!invocation) return undefined;
  const readsPerson = readAt(invocation, 'Query USER');
  const readsClient = readAt(invocation, 'GetItem CLIENT');
  const { sub, clientId, registrationId } = request;
  const before = <What extends Revocation['what']>(what: What, place: number) =>
    history.revocations.filter((one): one is Of<What> => one.what === what && one.at < place);
  const approved = request.commits.find(({ to }) => to === 'approved');
  if (before('user blocked', readsPerson).some((one) => one.sub === sub && !isUndone(history, one, approved?.at ?? 0)))
    return `${sub} was blocked before`;
  if (before('device removed', readsPerson).some(({ deviceId }) => deviceId === approved?.deviceId))
    return `${approved?.deviceId} was removed before`;
  if (before('client removed', readsClient).some((one) => one.registrationId === registrationId))
    return `${clientId} was removed before`;
  const reports = before('client reported', readsPerson);
  if (reports.some((one) => one.sub === sub && one.clientId === clientId && !isEnded(history, one, readsPerson)))
    return `${sub} reported ${clientId} before`;
  const narrowed = before('client narrowed', readsClient).find((one) => one.clientId === clientId);
  return narrowed && scope.includes('payments') && !isAnother(history)
    ? `the scope payments was taken from ${clientId} before`
    : undefined;
}

/** Where the winning call began this read for the last time before it redeemed; if it never did, where it redeemed. */
function readAt({ calls }: Invocation, kind: string): number {
  const redeems = calls.find((call) => call.kind === 'to redeemed')?.issuedAt ?? 0;
  const polls = calls.find((call) => call.kind === 'poll' || call.kind === 'lease')?.issuedAt ?? 0;
  return (
    calls.find((call) => call.kind === kind && call.issuedAt > polls && call.issuedAt < redeems)?.issuedAt ?? redeems
  );
}

/** Whether the block was over, or may have been, when the approval was committed. */
const isUndone = (history: History, block: Revocation, approvedAt: number): boolean =>
  mayBeEnded(history, { what: 'user unblocked', since: block.startedAt, until: approvedAt });

/** Whether an operator may have ended the report before the read. */
const isEnded = (history: History, report: Revocation, readAt: number): boolean =>
  mayBeEnded(history, { what: 'report ended', since: report.startedAt, until: readAt });

function mayBeEnded(
  { attempts }: History,
  { what, since, until }: { what: Revocation['what']; since: number; until: number },
): boolean {
  return attempts.some(
    (one) => one.what === what && one.startedAt < until && (one.endedAt === undefined || one.endedAt > since),
  );
}

/** Whether another client may have the id: the scopes of the one before say nothing about it. */
function isAnother({ attempts }: History): boolean {
  return attempts.some(({ what }) => what === 'client removed');
}
