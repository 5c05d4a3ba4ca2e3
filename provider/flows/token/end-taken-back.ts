import type { ApprovedRequest } from '../../core/deciding/authentication-request.ts';
import type { TakenBack } from '../../core/token/refusals.ts';
import type { AuditLog, Clock } from '../ports.ts';
import type { RedeemableRequests } from './ports.ts';

/** What this step needs. */
export type EndTakenBackPorts = {
  readonly requests: Pick<RedeemableRequests, 'recordTakenBack'>;
  readonly audit: AuditLog;
  readonly clock: Clock;
};

/**
 * Ends a request for good, because its approval was taken back. Undoing what took it back, such as a block, does not
 * bring the approval back.
 */
export async function endTakenBack(
  { requests, audit, clock }: EndTakenBackPorts,
  request: ApprovedRequest,
  because: TakenBack,
): Promise<void> {
  const { requestId, clientId, sub } = request;
  if (await requests.recordTakenBack({ request, because }))
    audit.write({ event: 'approval_taken_back', requestId, sub, clientId, because }, clock());
}
