import type { AuditEvent } from './audit-event.ts';

/**
 * Where a change stands. `intended`: nothing is written yet. `done`: it was made. `refused`: it was not made. `failed`:
 * the call broke off, and some of the change may have been made.
 */
export type AuditPhase = 'intended' | 'done' | 'refused' | 'failed';

/** The place of a record in its change. The intention and the outcome of one change share the id `change`. */
export type AuditStep = {
  readonly change: string;
  readonly phase: AuditPhase;
  /** The reason of the refusal, if it was refused. */
  readonly refusal?: string | undefined;
};

/** One record of the audit trail. An event that is no change of its function has no step. */
export type AuditRecord = AuditEvent &
  Partial<AuditStep> & {
    /** The version of this form. */
    readonly v: 1;
    /** 16 random bytes in base64url. The record in the store and its copy in the log have the same id. */
    readonly id: string;
    /** Epoch seconds. */
    readonly at: number;
    /** The function that wrote it. */
    readonly service: string;
  };

/**
 * Returns the copy of a record for the log. It leaves out what makes evidence large: the store has it. Only if the store
 * did not acknowledge the record, the copy is whole.
 */
export function copyOf(record: AuditRecord): Readonly<Record<string, unknown>> {
  if (record.event !== 'decision_evidence') return record;
  const { sealed, ...copied } = record;
  return copied;
}
