import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AwsCall } from '../../local/aws/server.ts';
import { SigningKeysTable } from '../../provider/adapters/dynamodb/signing-keys-table.ts';
import { Table } from '../../provider/adapters/dynamodb/table.ts';
import { entropy } from '../../provider/adapters/entropy.ts';
import { readSettings } from '../../provider/adapters/settings.ts';
import { SIGNING_ALGORITHMS } from '../../provider/core/keys/jwk.ts';
import { publishedKeys, type SigningKey, signerOf } from '../../provider/core/keys/signing-key.ts';
import type { AuditEvent } from '../../provider/core/operating/audit-event.ts';
import { type RotateKeysPorts, revokeKey, rotateKeys } from '../../provider/flows/keys/rotate-keys.ts';
import { describeOnEngines, type EngineUnderTest, startEngine } from '../support/engine.ts';

const DAY = 86_400;
const NOW = 1_800_000_000;
const BY = { by: 'test' };

const key = (kid: string, over: Partial<SigningKey> = {}): SigningKey => ({
  kid,
  algorithm: 'ES256',
  generation: 7,
  state: 'next',
  publicKey: { kty: 'EC' },
  createdAt: NOW,
  ...over,
});
const privateKey = (kid: string) => ({ kid, ciphertext: Buffer.from(`encrypted ${kid}`) });

describeOnEngines('signing keys', (name) => {
  let engine: EngineUnderTest;
  let directory: Table;
  let keys: SigningKeysTable;
  beforeAll(async () => {
    engine = await startEngine(name);
    directory = new Table(engine.client, 'Directory');
    keys = new SigningKeysTable(directory, entropy);
  });
  afterAll(() => engine?.close());
  afterEach(async () => {
    engine.aws.interference = undefined;
    for (const { pk, sk } of await stored()) await directory.delete({ pk: String(pk), sk: String(sk) });
  });

  const inPartitions = async (prefix: string) =>
    (await Promise.all(SIGNING_ALGORITHMS.map((algorithm) => directory.query(`${prefix}${algorithm}`)))).flat();
  const privateHalves = () => inPartitions('PRIVATEKEY#');
  const stored = async () => [...(await inPartitions('KEY#')), ...(await privateHalves())];
  const kids = (items: readonly Readonly<Record<string, unknown>>[]) => items.map(({ kid }) => kid).toSorted();

  /** The process ends before this call is made: it fails, and every call after it. */
  const breakOffAt = (action: string, prefix: string) => {
    const begins = (call: AwsCall) => call.action === action && call.body.toString().includes(`"${prefix}`);
    let isBroken = false;
    engine.aws.interference = (call) => {
      isBroken ||= begins(call);
      return isBroken ? { status: 400, body: '{"__type":"AccessDeniedException"}' } : undefined;
    };
  };
  const goOn = () => {
    engine.aws.interference = undefined;
  };

  describe('stored', () => {
    it('as two items: the public half has no ciphertext, the private half stands under another partition key', async () => {
      await keys.create(key('k1', { state: 'active', activeFrom: NOW }), privateKey('k1'));
      expect(await directory.query('KEY#ES256')).toEqual([
        {
          pk: 'KEY#ES256',
          sk: 'GENERATION#00000007',
          kid: 'k1',
          algorithm: 'ES256',
          generation: 7,
          state: 'active',
          public_key: { kty: 'EC' },
          created_at: NOW,
          active_from: NOW,
          created_by: expect.any(String),
        },
      ]);
      const ciphertext = new Uint8Array(privateKey('k1').ciphertext);
      expect(await directory.query('PRIVATEKEY#ES256')).toEqual([
        { pk: 'PRIVATEKEY#ES256', sk: 'GENERATION#00000007#k1', kid: 'k1', ciphertext },
      ]);
      expect(await keys.findPrivateKey(key('k1'))).toEqual({ kid: 'k1', ciphertext });
      expect(await keys.findPrivateKey(key('k2'))).toBeUndefined();
    });

    it('the list of public halves reads no private half', async () => {
      await keys.create(key('k1'), privateKey('k1'));
      const before = engine.aws.calls.length;
      await keys.all();
      const bodies = engine.aws.calls.slice(before).map(({ body }) => body.toString());
      expect(bodies).toHaveLength(3);
      expect(bodies.filter((body) => body.includes('PRIVATEKEY#'))).toEqual([]);
    });
  });

  describe('the moves of a key', () => {
    it('a generation is made once, and moves from one state only', async () => {
      expect(await keys.create(key('k1'), privateKey('k1'))).toBe(true);
      expect(await keys.create(key('k2'), privateKey('k2'))).toBe(false);
      expect(await keys.retire(key('k1'), NOW + 5)).toBe(false);
      expect(await keys.list('ES256')).toMatchObject([{ kid: 'k1', state: 'next' }]);
      expect(await keys.activate(key('k1'), NOW)).toBe(true);
      expect(await keys.activate(key('k1'), NOW)).toBe(false);
      expect(await keys.activate(key('k2'), NOW + 1)).toBe(false);
      expect(await keys.list('ES256')).toMatchObject([{ kid: 'k1', state: 'active', activeFrom: NOW }]);
      expect(kids(await privateHalves())).toEqual(['k1']);
    });

    it('from retiring to gone: the private half is deleted, the public half stays until it is deleted as well', async () => {
      await keys.create(key('k1'), privateKey('k1'));
      await keys.activate(key('k1'), NOW);
      await keys.deletePublicHalf(key('k1'));
      expect(await keys.retire(key('k1'), NOW + 5)).toBe(true);
      expect(await keys.deletePublicHalf(key('k1'))).toBe(false);
      expect(await keys.remove(key('k1'))).toBe(true);
      expect(await keys.remove(key('k1'))).toBe(false);
      expect(await keys.list('ES256')).toMatchObject([{ kid: 'k1', state: 'gone', goneAt: NOW + 5 }]);
      expect(await privateHalves()).toEqual([]);
      expect(await keys.deletePublicHalf(key('k2'))).toBe(false);
      expect(await keys.list('ES256')).toHaveLength(1);
      expect(await keys.deletePublicHalf(key('k1'))).toBe(true);
      expect(await keys.deletePublicHalf(key('k1'))).toBe(false);
      expect(await stored()).toEqual([]);
    });

    it('a deletion of the public half whose answer was lost counts as made', async () => {
      await keys.create(key('k1'), privateKey('k1'));
      await keys.revoke(key('k1'), NOW);
      engine.aws.interference = ({ action }) => {
        if (action !== 'DeleteItem') return undefined;
        engine.aws.interference = undefined;
        return 'lose-answer';
      };
      expect(await keys.deletePublicHalf(key('k1'))).toBe(true);
      expect(await keys.list('ES256')).toEqual([]);
    });

    it('a move whose answer was lost is a fault when another run has changed the key since', async () => {
      await keys.create(key('k1'), privateKey('k1'));
      let calls = 0;
      engine.aws.interference = async ({ action }) => {
        if (action !== 'UpdateItem') return undefined;
        calls += 1;
        if (calls === 1) return 'lose-answer';
        engine.aws.interference = undefined;
        await keys.revoke(key('k1'), NOW);
        return undefined;
      };
      await expect(keys.activate(key('k1'), NOW)).rejects.toThrow('another run changed the key');
    });

    it('a revoked key keeps its state and instant whatever else is done to it, and is revoked once', async () => {
      await keys.create(key('k1'), privateKey('k1'));
      expect(await keys.revoke(key('k2'), NOW)).toBe(false);
      expect(await keys.revoke(key('k1'), NOW)).toBe(true);
      expect(await keys.revoke(key('k1'), NOW + 1)).toBe(false);
      await keys.activate(key('k1'), NOW);
      await keys.retire(key('k1'), NOW + 5);
      await keys.remove(key('k1'));
      expect(await keys.list('ES256')).toMatchObject([{ kid: 'k1', state: 'revoked', goneAt: NOW }]);
      expect(await privateHalves()).toEqual([]);
    });
  });

  it('of 20 makers of one generation one wins; its private half is the one that is left, and is its own', async () => {
    const made = await Promise.all(
      Array.from({ length: 20 }, (_, index) => keys.create(key(`k${index}`), privateKey(`k${index}`))),
    );
    const winner = `k${made.indexOf(true)}`;
    expect(made.filter((isFirst) => isFirst)).toHaveLength(1);
    expect(await keys.list('ES256')).toMatchObject([{ kid: winner }]);
    expect(kids(await privateHalves())).toEqual([winner]);
    const found = await keys.findPrivateKey(key(winner));
    expect(Buffer.from(found?.ciphertext ?? []).toString()).toBe(`encrypted ${winner}`);
  });

  describe('rotation and revocation, broken off between the two writes or complete', () => {
    let now = NOW;
    let audit: AuditEvent[] = [];
    const ports = (): RotateKeysPorts => ({
      keys,
      maker: { make: async (_algorithm, kid) => ({ publicKey: { kty: 'EC' }, privateKey: privateKey(kid) }) },
      entropy,
      clock: () => now,
      settings: readSettings({ ISSUER: 'https://op.example/' }),
      audit: {
        newChange: entropy.id,
        write: (event) => void audit.push(event),
        record: async (event, { phase }) => {
          if (phase === 'done') audit.push(event);
          return true;
        },
      },
    });
    const rotate = (force = false) => rotateKeys(ports(), { force, ...BY });
    const signer = async () => {
      const found = signerOf(await keys.list('RS256'));
      if (!found) throw new Error('nothing signs');
      return found;
    };
    const statesOf = async (kid: string) =>
      (await keys.list('RS256')).filter((one) => one.kid === kid).map(({ state }) => state);
    /** Every key that may sign, now or as the next one, has its private half. */
    const expectNoKeyWithoutPrivateHalf = async () => {
      for (const one of await keys.all())
        if (one.state === 'next' || one.state === 'active') expect(await keys.findPrivateKey(one)).toBeDefined();
    };
    afterEach(() => {
      now = NOW;
      audit = [];
    });

    it('at the creation no public half is without its private half, and the next run makes the key', async () => {
      breakOffAt('PutItem', 'KEY#RS256');
      await expect(rotate()).rejects.toThrow();
      goOn();
      const [orphan] = kids(await privateHalves());
      expect(await keys.all()).toEqual([]);
      await rotate();
      await expectNoKeyWithoutPrivateHalf();
      expect(await keys.all()).toHaveLength(6);
      expect(kids(await keys.all())).not.toContain(orphan);
      expect((await signer()).generation).toBe(1);
    });

    it('at the end of a key it is still retiring and published, and the next run finishes', async () => {
      await rotate();
      const { kid } = await signer();
      await rotate(true);
      now += 2 * DAY;
      breakOffAt('UpdateItem', 'KEY#RS256');
      await expect(rotate()).rejects.toThrow();
      goOn();
      expect(await statesOf(kid)).toEqual(['retiring']);
      expect(kids(await privateHalves())).not.toContain(kid);
      await expectNoKeyWithoutPrivateHalf();
      expect((await rotate()).steps).toContainEqual({ step: 'remove', kid, algorithm: 'RS256' });
      expect(await statesOf(kid)).toEqual(['gone']);
      expect(audit.filter(({ event }) => event === 'signing_key_removed')).toHaveLength(3);
    });

    it.each(['the next rotation', 'the same revocation again'])(
      'at a revocation the key signs no more, and %s deletes its private half and records it',
      async (what) => {
        await rotate();
        const { kid } = await signer();
        audit = [];
        breakOffAt('DeleteItem', 'PRIVATEKEY#RS256');
        await expect(revokeKey(ports(), { kid, ...BY })).rejects.toThrow();
        goOn();
        expect((await signer()).kid).not.toBe(kid);
        expect(await statesOf(kid)).toEqual(['revoked']);
        expect(publishedKeys(await keys.all())).not.toContainEqual(expect.objectContaining({ kid }));
        await expectNoKeyWithoutPrivateHalf();
        const revoked = { step: 'revoke', kid, algorithm: 'RS256' };
        expect(kids(await privateHalves())).toContain(kid);
        const report = what === 'the next rotation' ? await rotate() : await revokeKey(ports(), { kid, ...BY });
        expect(report?.steps).toEqual([revoked]);
        expect(kids(await privateHalves())).not.toContain(kid);
        expect(audit.filter(({ event }) => event === 'signing_key_revoked')).toHaveLength(1);
        expect(await revokeKey(ports(), { kid, ...BY })).toBeUndefined();
        expect((await rotate()).steps).toEqual([]);
      },
    );

    it('a revocation of the next key, in the middle of the rotation that activated it, leaves a signer', async () => {
      await rotate();
      const { kid: first } = await signer();
      const second = (await keys.list('RS256')).find(({ state }) => state === 'next')?.kid ?? '';
      let isMeanwhile = false;
      engine.aws.interference = async ({ action, body }) => {
        if (isMeanwhile || action !== 'UpdateItem' || !body.toString().includes('retiring')) return undefined;
        isMeanwhile = true;
        await revokeKey(ports(), { kid: second, ...BY });
        return undefined;
      };
      await rotate(true);
      expect(isMeanwhile).toBe(true);
      expect(await statesOf(second)).toEqual(['revoked']);
      expect(await statesOf(first)).toEqual(['retiring']);
      expect((await signer()).generation).toBe(3);
      await expectNoKeyWithoutPrivateHalf();
    });

    it('what is left of a revoked key is deleted 90 days after its revocation', async () => {
      await rotate();
      const { kid } = await signer();
      await revokeKey(ports(), { kid, ...BY });
      now += 90 * DAY - 1;
      await rotate();
      expect(await statesOf(kid)).toEqual(['revoked']);
      now += 1;
      expect((await rotate()).steps).toContainEqual({ step: 'delete_public_half', kid, algorithm: 'RS256' });
      expect(await statesOf(kid)).toEqual([]);
      expect(audit).toContainEqual({ event: 'signing_key_public_half_deleted', kid, algorithm: 'RS256', ...BY });
    });
  });
});
