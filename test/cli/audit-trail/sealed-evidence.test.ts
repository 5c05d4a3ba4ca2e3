import { describe, expect, it } from 'vitest';
import { unsealWith } from '../../../cli/audit-trail/sealed-evidence.ts';
import { evidenceSeal } from '../../../provider/adapters/evidence-seal.ts';

const KEY = Buffer.alloc(32, 7).toString('base64url');
const NAMES = { requestId: 'request-1', sub: 'ana', profileId: 'profile-1', deviceId: 'phone' };
const EVIDENCE = { response: 'a.b.c', details: 'e30', publicKey: { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' } } as const;
const key = { profileId: 'profile-1', key: KEY, madeAt: 1 };
const sealed = evidenceSeal.seal(EVIDENCE, { key, record: NAMES });
const RECORD = { event: 'decision_evidence', at: 1, ...NAMES, sealed };
const anas = [{ profile_id: 'profile-1', key: KEY }];

describe('sealed evidence', () => {
  it('is opened with the key of its profile, and the user is asked for once', async () => {
    const asked: string[] = [];
    const unseal = unsealWith(async (sub) => {
      asked.push(sub);
      return anas;
    });
    expect(await unseal([RECORD, RECORD])).toEqual([
      { ...RECORD, ...EVIDENCE },
      { ...RECORD, ...EVIDENCE },
    ]);
    expect(asked).toEqual(['ana']);
  });

  it('stays sealed if there is no key of its profile: an erased user, and a later one with the same subject', async () => {
    const other = [{ profile_id: 'profile-2', key: Buffer.alloc(32, 8).toString('base64url') }];
    for (const keys of [[], other])
      expect(await unsealWith(async () => keys)([RECORD])).toEqual([{ ...RECORD, unopened: 'no key' }]);
  });

  it.each([
    ['request', { requestId: 'request-2' }],
    ['user', { sub: 'bo' }],
    ['device', { deviceId: 'tablet' }],
    ['text', { sealed: `A${sealed.slice(1)}` === sealed ? `B${sealed.slice(1)}` : `A${sealed.slice(1)}` }],
    ['length', { sealed: 'AAAA' }],
  ])('is told as changed if the record names another %s than was sealed', async (_name, changed) => {
    const record = { ...RECORD, ...changed };
    expect(await unsealWith(async () => anas)([record])).toEqual([{ ...record, unopened: 'changed' }]);
  });

  it('asks for no key if nothing is sealed', async () => {
    const record = { event: 'decision_recorded', at: 1, sub: 'ana', requestId: 'request-1' };
    const unseal = unsealWith(() => Promise.reject(new Error('asked')));
    expect(await unseal([record])).toEqual([record]);
  });
});
