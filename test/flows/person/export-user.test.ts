import { describe, expect, it } from 'vitest';
import { exportUser, readEvidenceKeys } from '../../../provider/flows/person/export-user.ts';
import { NOW, refusalOf, valueFrom } from '../../core/given.ts';
import { recordsWorld } from './records-given.ts';

const KEYS = [
  { profile_id: 'profile-1', made_at: NOW - 1000 },
  { profile_id: 'profile-0', made_at: NOW - 1000 },
];

describe('an operator exports a user', () => {
  it('and gets everything that the tables hold, with the instant at which it was read', async () => {
    const { ports } = recordsWorld();
    const kept = await ports.personRecords.read('ana');
    expect(kept).toMatchObject({ profile: { profile_id: 'profile-1' }, evidence_keys: KEYS });
    const exported = valueFrom(await exportUser(ports, 'ana', 'operator'));
    const requests = kept?.requests.filter((one) => one.profile_id === 'profile-1');
    expect(requests).toHaveLength(1);
    expect(exported).toEqual({ sub: 'ana', exported_at: NOW, ...kept, requests });
  });

  it('or of what earlier persons left, when there is no user', async () => {
    const { ports, users } = recordsWorld();
    users.delete('ana');
    const { profile, requests } = valueFrom(await exportUser(ports, 'ana', 'operator'));
    expect(profile).toBeUndefined();
    expect(requests.map((one) => one.profile_id)).toEqual(['profile-1', 'profile-0']);
  });

  it('and the audit trail has who did', async () => {
    const { ports, trail } = recordsWorld();
    await exportUser(ports, 'ana', 'operator');
    expect(trail).toMatchObject([
      { event: 'user_exported', sub: 'ana', by: 'operator', phase: 'intended' },
      { event: 'user_exported', sub: 'ana', by: 'operator', phase: 'done' },
    ]);
  });

  it('but gets nothing while the audit trail cannot store it', async () => {
    const { ports, store } = recordsWorld();
    store.isOut = true;
    expect(refusalOf(await exportUser(ports, 'ana', 'operator'))).toEqual({ reason: 'audit_unavailable' });
    expect(refusalOf(await readEvidenceKeys(ports, 'ana', 'operator'))).toEqual({ reason: 'audit_unavailable' });
  });

  it('but nobody of whom nothing is kept', async () => {
    const { ports, trail } = recordsWorld();
    expect(refusalOf(await exportUser(ports, 'bo', 'operator'))).toEqual({ reason: 'not_found', what: 'user' });
    expect(trail).toEqual([]);
  });
});

describe('an operator reads evidence keys', () => {
  it('of the user and of earlier persons with the subject, and the audit trail has who did', async () => {
    const { ports, trail } = recordsWorld();
    const [own, former] = KEYS;
    expect(valueFrom(await readEvidenceKeys(ports, 'ana', 'operator'))).toEqual({
      evidence_keys: [
        { ...own, key: 'key of profile-1' },
        { ...former, key: 'key of profile-0' },
      ],
    });
    expect(trail).toMatchObject([
      { event: 'evidence_keys_read', sub: 'ana', by: 'operator', phase: 'intended' },
      { event: 'evidence_keys_read', sub: 'ana', by: 'operator', phase: 'done' },
    ]);
    expect(JSON.stringify(trail)).not.toContain('key of');
  });

  it('but none of a subject that has none', async () => {
    const { ports } = recordsWorld();
    const refusal = { reason: 'not_found', what: 'evidence key' };
    expect(refusalOf(await readEvidenceKeys(ports, 'bo', 'operator'))).toEqual(refusal);
  });
});
