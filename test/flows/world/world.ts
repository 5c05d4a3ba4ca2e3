import { sha256 } from '../../../provider/core/digest.ts';
import type { AuditEvent } from '../../../provider/core/operating/audit-event.ts';
import type { AuditStep } from '../../../provider/core/operating/audit-record.ts';
import type { Noted } from '../../../provider/core/operating/log-line.ts';
import type { User } from '../../../provider/core/person/user.ts';
import type { NotificationAddresses } from '../../../provider/flows/client/ports.ts';
import type { AuditTrail, Clock, Entropy, Note, Replays, Settings } from '../../../provider/flows/ports.ts';
import { NAMES, NOW } from '../../core/given.ts';
import { Journal } from './journal.ts';

export const SETTINGS: Settings = {
  ...NAMES,
  expiry: { default: 120, limit: 600 },
  intervalSeconds: 5,
  userLimits: { perMinute: 5, perHour: 30, longPerDay: 10 },
  lifetimes: { idTokenSeconds: 3600, accessTokenSeconds: 900 },
  acrPolicy: [{ acr: 'urn:example:verified', anyOf: ['face'] }],
  ticketLifetimeSeconds: 600,
  rotation: {
    rotateAfterSeconds: 90 * 86_400,
    publishBeforeUseSeconds: 86_400,
    retireForSeconds: 172_800,
    keepPublicForSeconds: 30 * 86_400,
  },
  auditOutage: 'refuse',
  clientLimits: { requestsPerMinute: undefined, unknownUsers: undefined },
  wrongUserCodes: 10,
  blocksReported: true,
  hasOneOpenRequest: false,
  concealsUsers: false,
  needsMessageWhileOpen: false,
  reminds: true,
};

export const ANA: User = {
  sub: 'ana',
  profileId: 'profile-1',
  status: 'active',
  claims: { name: 'Ana', email: 'ana@example.com' },
  identifiers: [{ type: 'email', value: 'ana@example.com' }],
  deviceIds: ['phone', 'tablet', 'dead', 'of-ana'],
  blockCount: 1,
};

/**
 * A step of a change. `isStored`: the store has it, and not only the log. `place`: of the call that stored it, among
 * all.
 */
export type TrailEntry = AuditEvent & AuditStep & { at: number; isStored: boolean; place: number };

/** What every world has: a journal, a clock that stands still, ids that count up, a log line and an audit trail. */
export function startWorld(settings: Partial<Settings> = {}) {
  const journal = new Journal();
  const time = { now: NOW };
  const noted: Noted = {};
  /** What happened. */
  const audited: (AuditEvent & { at: number })[] = [];
  const made = { secrets: 0, ids: 0, changes: 0 };
  const clock: Clock = () => time.now;
  const entropy: Entropy = {
    secret: () => `secret-${++made.secrets}`,
    id: () => `id-${++made.ids}`,
    twoDigits: () => '42',
    fraction: () => 0,
  };
  /** All steps of all changes. */
  const trail: TrailEntry[] = [];
  const store = { isOut: false };
  const audit: AuditTrail = {
    newChange: () => `change-${++made.changes}`,
    write: (event, at) => {
      journal.begin(`audit ${event.event}`);
      audited.push({ ...event, at });
    },
    record: async (event, step, at) => {
      const happened = step.phase === 'done' || event.event.startsWith('decision_');
      const fault = journal.beginRecord(`${happened ? 'audit' : step.phase} ${event.event}`, !happened);
      const isStored = !store.isOut && fault !== 'fails';
      trail.push({ ...event, ...step, at, isStored, place: journal.all.length });
      if (happened) audited.push({ ...event, at });
      return isStored && fault === undefined;
    },
  };
  const used = new Set<string>();
  const replays: Replays = journal.port({
    recordFirstUse: async ({ issuer, id, expiresAt }) => {
      journal.begin(`use jti ${id} of ${issuer} until ${expiresAt - NOW}`);
      const isFirst = !used.has(`${issuer} ${id}`);
      used.add(`${issuer} ${id}`);
      return isFirst;
    },
  });
  const note: Note = (fields) => {
    Object.assign(noted, fields);
  };
  /** The line of the log, as far as the flow has a part in it. */
  const line = (): Noted => ({ ...noted });
  const notificationAddresses: NotificationAddresses = { isForbidden: (url) => url.startsWith('https://10.') };
  const ports = { clock, entropy, audit, replays, notificationAddresses, settings: { ...SETTINGS, ...settings } };
  return { journal, time, audited, trail, store, note, line, used, ports };
}

/** The ids that worlds make, and what stands for them in tables. */
export const FIRST_SECRET = 'secret-1';
export const FIRST_REQUEST = sha256(FIRST_SECRET);
