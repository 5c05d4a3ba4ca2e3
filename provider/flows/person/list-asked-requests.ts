import { type AskedRequestView, viewAskedRequest } from '../../core/person/asked-request.ts';
import { ok, type Result, refuse } from '../../core/result.ts';
import type { Clock } from '../ports.ts';
import type { People, PersonRecords } from './ports.ts';

/** What this flow needs. */
export type ListAskedRequestsPorts = {
  readonly people: Pick<People, 'find'>;
  readonly personRecords: Pick<PersonRecords, 'readRequests'>;
  readonly clock: Clock;
};
/** The requests that a user got, the newest first. */
export type AskedRequests = { readonly requests: readonly AskedRequestView[] };

/**
 * Lists the requests that a user got and that are still kept, until an hour after their end, each with the attempts to
 * reach them. Requests that rang nobody on purpose are not among them, and neither are those of an earlier person with
 * the same subject.
 */
export async function listAskedRequests(ports: ListAskedRequestsPorts, sub: string): Promise<Result<AskedRequests>> {
  const [user, kept] = await Promise.all([ports.people.find(sub), ports.personRecords.readRequests(sub)]);
  if (!user) return refuse({ reason: 'not_found', what: 'user' });
  const now = ports.clock();
  const requests = kept
    .filter(({ profile_id }) => profile_id === user.profileId)
    .flatMap((one) => viewAskedRequest(one, now) ?? [])
    .sort((a, b) => b.issued_at - a.issued_at);
  return ok({ requests });
}
