import type { AuditEvent } from '../../core/operating/audit-event.ts';
import type { AuditStep } from '../../core/operating/audit-record.ts';
import type { RefusalReason } from '../../core/refusal.ts';
import { type Result, refuse } from '../../core/result.ts';
import type { AuditTrail, Clock, Settings } from '../ports.ts';

/** What this step needs. */
export type AuditedPorts = {
  readonly audit: AuditTrail;
  readonly clock: Clock;
  readonly settings: Pick<Settings, 'auditOutage'>;
};
/** A change that is about to be made. */
export type IntendedChange = {
  /** The event as it will be, if nothing comes in between. */
  readonly event: AuditEvent;
  /**
   * Whether the change only takes rights away, such as a block or a removal. Such a change is made also when the trail
   * cannot record it: whoever takes a phone away from a thief must not wait for the store.
   */
  readonly takesAway?: boolean | undefined;
  /**
   * The event of the outcome, where it is another one: of a change that was made, that broke off (`failed`), or that was
   * refused for a reason. Default: the event of the intention.
   */
  readonly outcome?: (how: 'recorded' | 'failed' | RefusalReason) => AuditEvent;
};
/** Records that nobody knows whether the change was made, and returns what the caller is told. */
export type RecordUnclear = <Refused>(told: Refused) => Promise<Refused>;
/** Records that the change was made. */
export type RecordDone = (event: AuditEvent) => Promise<void>;

/**
 * Makes a change that the audit trail tells without a hole. The intention is stored durably before the first write, and
 * the outcome after it. If the process dies in between, the trail has an intention without an outcome. If the store is
 * out, the change is refused, unless it only takes rights away, or the settings say otherwise. `make` may record the
 * outcome itself, as soon as the change is made, before it cleans up.
 */
export async function auditedChange<Value>(
  ports: AuditedPorts,
  { event, takesAway, outcome = () => event }: IntendedChange,
  make: (done: RecordDone, unclear: RecordUnclear) => Promise<Result<Value>>,
): Promise<Result<Value>> {
  const change = ports.audit.newChange();
  const record = (what: AuditEvent, step: Omit<AuditStep, 'change'>) =>
    ports.audit.record(what, { change, ...step }, ports.clock());
  let isTold = false;
  const tell = async (what: AuditEvent, step: Omit<AuditStep, 'change'>) => {
    if (isTold) return;
    isTold = true;
    await record(what, step);
  };
  const isStored = await record(event, { phase: 'intended' });
  if (!isStored && !takesAway && ports.settings.auditOutage === 'refuse') {
    // The store may have the intention, although its answer did not arrive.
    await tell(outcome('audit_unavailable'), { phase: 'refused', refusal: 'audit_unavailable' });
    return refuse({ reason: 'audit_unavailable' });
  }
  const unclear: RecordUnclear = async (told) => {
    await tell(outcome('failed'), { phase: 'failed' });
    return told;
  };
  const made = await make((what) => tell(what, { phase: 'done' }), unclear).then(
    (result) => ({ result }),
    (error: unknown) => ({ error }),
  );
  if ('error' in made) {
    await tell(outcome('failed'), { phase: 'failed' });
    throw made.error;
  }
  const { result } = made;
  if (result.ok) await tell(outcome('recorded'), { phase: 'done' });
  else await tell(outcome(result.refusal.reason), { phase: 'refused', refusal: result.refusal.reason });
  return result;
}
