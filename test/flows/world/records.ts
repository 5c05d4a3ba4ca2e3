import type { Device } from '../../../provider/core/device/device.ts';
import type { DecisionEvidence, EvidenceKey, EvidenceRecord } from '../../../provider/core/person/evidence-key.ts';
import type { KeptProfile, KeptRequest } from '../../../provider/core/person/kept-records.ts';
import type { User } from '../../../provider/core/person/user.ts';
import type {
  EvidenceKeys,
  EvidenceSeal,
  KeptEvidenceKeys,
  PersonRecords,
} from '../../../provider/flows/person/ports.ts';
import { NOW } from '../../core/given.ts';
import type { Journal } from './journal.ts';

/** The evidence key of a profile. */
export const evidenceKeyOf = (profileId: string): EvidenceKey => ({
  profileId,
  key: `key of ${profileId}`,
  madeAt: NOW - 1000,
});

/** The evidence keys of persons, by their subjects; and those of earlier persons, by their profiles. */
export function evidenceKeysIn(journal: Journal, given: readonly (readonly [string, EvidenceKey])[] = []) {
  const keys = new Map(given);
  const former = new Map<string, { sub: string; key: EvidenceKey }>();
  const evidenceKeys: EvidenceKeys & KeptEvidenceKeys = journal.port({
    claim: async ({ sub, profileId }, now) => {
      journal.begin(`claim evidence key of ${sub}`);
      const current = keys.get(sub);
      if (current?.profileId === profileId) return current;
      if (current) former.set(current.profileId, { sub, key: current });
      const made = { ...evidenceKeyOf(profileId), madeAt: now };
      keys.set(sub, made);
      return made;
    },
    list: async (sub) => {
      journal.begin(`list evidence keys of ${sub}`);
      const current = keys.get(sub);
      const earlier = [...former.values()].filter((one) => one.sub === sub).map(({ key }) => key);
      return [...(current ? [current] : []), ...earlier];
    },
    erase: async ({ sub, profileIds }) => {
      journal.begin(`erase evidence keys of ${sub}`);
      const current = keys.get(sub);
      if (current && profileIds.includes(current.profileId)) keys.delete(sub);
      for (const [id, one] of [...former]) if (one.sub === sub && profileIds.includes(id)) former.delete(id);
    },
  });
  return { keys, former, evidenceKeys };
}

/** A seal that names its key. `sealed` is what it sealed. */
export function evidenceSealIn() {
  const sealed: { evidence: DecisionEvidence; key: string; record: EvidenceRecord }[] = [];
  const evidenceSeal: EvidenceSeal = {
    seal: (evidence, { key, record }) => {
      sealed.push({ evidence, key: key.key, record });
      return `evidence ${sealed.length} under ${key.key}`;
    },
  };
  return { sealed, evidenceSeal };
}

const profileOf = ({ profileId, status, claims, identifiers, blockCount, deviceIds }: User): KeptProfile => ({
  profile_id: profileId,
  status,
  claims,
  identifiers,
  block_count: blockCount,
  revision: 1,
  device_ids: deviceIds,
});
const requestOf = ({ profileId }: { profileId: string }): KeptRequest => ({
  request_id: 'request',
  profile_id: profileId,
  registration_id: 'registration-1',
  expires_at: NOW + 60,
  details: {},
  details_hash: 'hash',
  asked: { client_id: 'bank', scopes: [], audience: [] },
});

/** What the tables hold of persons. Requests and rate windows are names here: `profile/request` and the subject. */
export function personRecordsIn(
  journal: Journal,
  stored: {
    users: Map<string, User>;
    logins: Map<string, string>;
    devices: Map<string, Device>;
    keys: Map<string, EvidenceKey>;
    former: Map<string, { sub: string; key: EvidenceKey }>;
  },
) {
  const requests = new Map<string, { sub: string; profileId: string }>();
  const windows = new Set<string>();
  /** Entries in the list of users: `subject#profile`, and when they were put there. */
  const entries = new Map<string, number>();
  const personRecords: PersonRecords = journal.port({
    read: async (sub) => {
      journal.begin(`read records of ${sub}`);
      const user = stored.users.get(sub);
      const devices = [...stored.devices.values()].filter((one) => one.sub === sub);
      const asked = [...requests.values()].filter((one) => one.sub === sub);
      const key = stored.keys.get(sub);
      const keys = [
        ...(key ? [key] : []),
        ...[...stored.former.values()].flatMap((one) => (one.sub === sub ? one.key : [])),
      ];
      const listed = [...entries].flatMap(([name, put_at]) => {
        const [owner, profile_id = ''] = name.split('#');
        return owner === sub ? [{ profile_id, put_at }] : [];
      });
      const count = devices.length + asked.length + keys.length + listed.length;
      const isEmpty = !user && count === 0 && !windows.has(sub);
      if (isEmpty) return undefined;
      const evidence_keys = keys.map(({ profileId, madeAt }) => ({ profile_id: profileId, made_at: madeAt }));
      const profile = user && profileOf(user);
      const records = {
        login_identifiers: [],
        listed,
        devices: [],
        rate_windows: [],
        long_requests: [],
        user_code_attempts: [],
        blocks: [],
        evidence_keys,
      };
      return { ...(profile && { profile }), ...records, requests: asked.map(requestOf) };
    },
    readRequests: async (sub) => {
      journal.begin(`read requests of ${sub}`);
      return [...requests.values()].filter((one) => one.sub === sub).map(requestOf);
    },
    close: async ({ sub, profileId }) => {
      journal.begin(`close user ${sub}`);
      const user = stored.users.get(sub);
      if (user?.profileId !== profileId) return undefined;
      const closed = { ...user, status: 'blocked' as const, blockCount: user.blockCount + 1 };
      stored.users.set(sub, closed);
      return closed;
    },
    eraseRequests: async (of) => {
      journal.begin(`erase requests of ${of.sub}`);
      for (const [id, one] of [...requests])
        if (one.sub === of.sub && of.profileIds.includes(one.profileId)) requests.delete(id);
    },
    eraseRateWindows: async (sub) => {
      journal.begin(`erase rate windows of ${sub}`);
      windows.delete(sub);
    },
    eraseBlocksAndUserCode: async ({ sub }) => {
      journal.begin(`erase blocks of ${sub}`);
    },
    eraseProfile: async ({ sub }) => {
      journal.begin(`erase profile of ${sub}`);
      for (const [name, owner] of [...stored.logins]) if (owner === sub) stored.logins.delete(name);
      stored.users.delete(sub);
    },
    eraseEntries: async ({ sub, profileIds }) => {
      journal.begin(`erase entries of ${sub}`);
      for (const profileId of profileIds) entries.delete(`${sub}#${profileId}`);
    },
  });
  return { personRecords, requests, windows, entries };
}
