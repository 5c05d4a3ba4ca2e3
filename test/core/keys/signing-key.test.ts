import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PublicJwk } from '../../../provider/core/keys/jwk.ts';
import {
  planRotation,
  publishedKeys,
  type RotationPolicy,
  type RotationStep,
  SIGNING_KEY_PURPOSE,
  type SigningKey,
  signerOf,
  verifierOf,
} from '../../../provider/core/keys/signing-key.ts';
import { NOW } from '../given.ts';

const DAY = 86_400;
const POLICY: RotationPolicy = {
  rotateAfterSeconds: 90 * DAY,
  publishBeforeUseSeconds: 2 * DAY,
  retireForSeconds: 3 * DAY,
  keepPublicForSeconds: 30 * DAY,
};
const JWK: PublicJwk = { kty: 'RSA', n: 'n', e: 'AQAB' };

const key = (generation: number, different: Partial<SigningKey>): SigningKey => ({
  kid: `kid-${generation}`,
  algorithm: 'RS256',
  generation,
  state: 'next',
  publicKey: JWK,
  createdAt: NOW - 100 * DAY,
  ...different,
});
const active = (generation: number, activeFrom: number) => key(generation, { state: 'active', activeFrom });
const next = (generation: number, createdAt: number) => key(generation, { createdAt });
const plan = (keys: SigningKey[], order: { now?: number; force?: boolean; revoked?: string } = {}) =>
  planRotation(keys, POLICY, { now: NOW, ...order });

describe('rotation of signing keys (OIDC Core §10.1.1)', () => {
  it('begins with an active and a next key', () => {
    expect(plan([])).toEqual([
      { step: 'create', state: 'active', generation: 1 },
      { step: 'create', state: 'next', generation: 2 },
    ]);
  });

  it('leaves a young key and its successor alone', () => {
    expect(plan([active(1, NOW - DAY), next(2, NOW - DAY)])).toEqual([]);
  });

  it('replaces a missing successor', () => {
    expect(plan([active(1, NOW - DAY)])).toEqual([{ step: 'create', state: 'next', generation: 2 }]);
  });

  it('activates the successor first, retires then, and creates the next one last', () => {
    const [old, young] = [active(1, NOW - 90 * DAY), next(2, NOW - 2 * DAY)];
    expect(plan([old, young])).toEqual([
      { step: 'activate', key: young },
      { step: 'retire', key: old, goneAt: NOW + 3 * DAY },
      { step: 'create', state: 'next', generation: 3 },
    ]);
  });

  it('waits until the key has signed for its whole time', () => {
    expect(plan([active(1, NOW - 90 * DAY + 1), next(2, NOW - 50 * DAY)])).toEqual([]);
  });

  it('waits until the successor was published long enough for every verifier to have fetched it', () => {
    expect(plan([active(1, NOW - 200 * DAY), next(2, NOW - 2 * DAY + 1)])).toEqual([]);
  });

  it('rotates at once when forced, published or not', () => {
    const [old, young] = [active(1, NOW - 1), next(2, NOW - 1)];
    expect(plan([old, young], { force: true }).map(({ step }) => step)).toEqual(['activate', 'retire', 'create']);
  });

  it('rotates at once when forced, even where a broken run left no successor', () => {
    const keys = [active(1, NOW - 1)];
    expect(signerAfter(keys, plan(keys, { force: true }))).not.toBe('kid-1');
  });

  it('removes a retiring key at the instant when nothing signed by it is valid any more', () => {
    const retiring = (goneAt: number) => key(1, { state: 'retiring', goneAt });
    const rest = [active(2, NOW - DAY), next(3, NOW - DAY)];
    expect(plan([retiring(NOW + 1), ...rest])).toEqual([]);
    expect(plan([retiring(NOW), ...rest])).toEqual([{ step: 'remove', key: retiring(NOW) }]);
  });

  it.each(['gone', 'revoked'] as const)(
    'keeps the public half of a key that is %s while a hint may need it',
    (state) => {
      const over = (goneAt: number) => key(1, { state, goneAt });
      const rest = [active(2, NOW - DAY), next(3, NOW - DAY)];
      expect(plan([over(NOW - 30 * DAY + 1), ...rest])).toEqual([]);
      expect(plan([over(NOW - 30 * DAY), ...rest])).toEqual([
        { step: 'delete_public_half', key: over(NOW - 30 * DAY) },
      ]);
    },
  );

  it('never makes a generation anew of which a public half is kept', () => {
    const gone = key(8, { state: 'gone', goneAt: NOW });
    const revoked = key(9, { state: 'revoked', goneAt: NOW });
    expect(plan([gone, revoked])).toEqual([
      { step: 'create', state: 'active', generation: 10 },
      { step: 'create', state: 'next', generation: 11 },
    ]);
  });

  it('finishes a run that broke off between activating and retiring', () => {
    const [old, young] = [active(1, NOW - 90 * DAY), active(2, NOW - 10)];
    expect(plan([old, young, next(3, NOW)])).toEqual([{ step: 'retire', key: old, goneAt: NOW + 3 * DAY }]);
    expect(plan([old, young])).toEqual([
      { step: 'create', state: 'next', generation: 3 },
      { step: 'retire', key: old, goneAt: NOW + 3 * DAY },
    ]);
  });

  it('lets the successor sign at once when the active key is revoked, and never reuses its generation', () => {
    const young = next(2, NOW - 1);
    expect(plan([active(1, NOW - DAY), young], { revoked: 'kid-1' })).toEqual([
      { step: 'activate', key: young },
      { step: 'create', state: 'next', generation: 3 },
    ]);
    expect(plan([active(1, NOW - DAY)], { revoked: 'kid-1' })).toEqual([
      { step: 'create', state: 'active', generation: 2 },
      { step: 'create', state: 'next', generation: 3 },
    ]);
    expect(plan([active(1, NOW - DAY), next(2, NOW)], { revoked: 'kid-2' })).toEqual([
      { step: 'create', state: 'next', generation: 3 },
    ]);
  });

  it.each(['retiring', 'gone'] as const)('changes nothing else when a key is revoked that is %s', (state) => {
    const old = key(1, { state, goneAt: NOW + DAY });
    expect(plan([old, active(2, NOW - DAY), next(3, NOW - DAY)], { revoked: 'kid-1' })).toEqual([]);
  });
});

describe('the private half of a signing key', () => {
  it('is encrypted for a purpose, which the keys that are stored carry', () => {
    expect(SIGNING_KEY_PURPOSE).toBe('ciba-signing-key');
  });
});

describe('the key that signs', () => {
  it('is the youngest active one, in whatever order they are read', () => {
    const [old, young] = [active(1, NOW - 90 * DAY), active(2, NOW)];
    expect(signerOf([old, young, next(3, NOW)])).toBe(young);
    expect(signerOf([young, old])).toBe(young);
  });

  it('is never one that is next, retiring, gone or revoked', () => {
    const others = (['retiring', 'gone', 'revoked'] as const).map((state) => key(1, { state, goneAt: NOW + 1 }));
    expect(signerOf([next(2, NOW), ...others])).toBeUndefined();
  });
});

describe('the published key set (RFC 7517 §5)', () => {
  const keys = [key(1, { state: 'retiring', goneAt: NOW + 1 }), active(2, NOW), next(3, NOW)];

  it('has next, active and retiring keys with kid, alg and use', () => {
    expect(publishedKeys(keys)).toEqual(
      [1, 2, 3].map((generation) => ({ ...JWK, kid: `kid-${generation}`, alg: 'RS256', use: 'sig' })),
    );
  });

  it('has the members of an EC key where the key is one (RFC 7518 §6.2)', () => {
    const publicKey: PublicJwk = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y', ...{ d: 'd' } };
    expect(publishedKeys([key(1, { publicKey, algorithm: 'ES256' })])).toStrictEqual([
      { kty: 'EC', crv: 'P-256', x: 'x', y: 'y', kid: 'kid-1', alg: 'ES256', use: 'sig' },
    ]);
  });

  it('has public members only, whatever the stored key holds', () => {
    const leaky = { ...JWK, d: 'd', p: 'p', q: 'q', dp: 'dp', dq: 'dq', qi: 'qi', k: 'k', oth: [] } as PublicJwk;
    const [published] = publishedKeys([key(1, { publicKey: leaky })]);
    expect(Object.keys(published ?? {}).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
  });

  it('has no key that is gone or revoked', () => {
    const over = (['gone', 'revoked'] as const).map((state) => key(4, { state, goneAt: NOW + 1 }));
    expect(publishedKeys([...over, ...keys])).toEqual(publishedKeys(keys));
  });
});

// A small model of the stored keys: runs may break off after any step, two may run at once, time passes, operators act.

type Order = { readonly force: boolean; readonly revoked?: string };

class StoredKeys {
  keys: SigningKey[] = [];
  now = NOW;
  readonly generations: number[] = [];
  readonly lastSigned = new Map<string, number>();

  /** As the table does it: a step whose precondition no longer holds changes nothing. */
  take(step: RotationStep): void {
    if (step.step === 'create') this.#create(step.state, step.generation);
    else if (step.step === 'activate') this.#move(step.key, 'next', { state: 'active', activeFrom: this.now });
    else if (step.step === 'retire') this.#move(step.key, 'active', { state: 'retiring', goneAt: step.goneAt });
    else if (step.step === 'remove') this.#move(step.key, 'retiring', { state: 'gone' });
    else
      this.keys = this.keys.filter(
        ({ kid, state }) => kid !== step.key.kid || (state !== 'gone' && state !== 'revoked'),
      );
  }

  revoke(kid: string): void {
    const revoked = { state: 'revoked', goneAt: this.now } as const;
    this.keys = this.keys.map((stored) =>
      stored.kid === kid && stored.state !== 'revoked' ? { ...stored, ...revoked } : stored,
    );
  }

  plan(order: Order): readonly RotationStep[] {
    return planRotation(this.keys, POLICY, { now: this.now, ...order });
  }

  sign(): void {
    const signer = signerOf(this.keys);
    if (signer) this.lastSigned.set(signer.kid, this.now);
  }

  #move({ kid }: SigningKey, from: SigningKey['state'], to: Partial<SigningKey>): void {
    this.keys = this.keys.map((stored) =>
      stored.kid === kid && stored.state === from ? { ...stored, ...to } : stored,
    );
  }

  #create(state: 'active' | 'next', generation: number): void {
    if (this.keys.some((stored) => stored.generation === generation)) return;
    this.generations.push(generation);
    const kid = `kid-${generation}-${this.generations.length}`;
    const made = key(generation, { kid, state, createdAt: this.now });
    this.keys = [...this.keys, state === 'active' ? { ...made, activeFrom: this.now } : made];
  }
}

/** Who signs after all steps of a plan. */
function signerAfter(keys: SigningKey[], steps: readonly RotationStep[]): string | undefined {
  const stored = new StoredKeys();
  stored.keys = keys;
  for (const step of steps) stored.take(step);
  return signerOf(stored.keys)?.kid;
}

/** How long a key must have been silent before each of its ends; a revoked one ends by another's will. */
const SILENCE = {
  remove: POLICY.retireForSeconds,
  delete_public_half: POLICY.keepPublicForSeconds,
} as const;

/** Takes steps one by one; after each there is a signer, and a new one only if it was published or the order was urgent. */
function takeAndWatch(stored: StoredKeys, steps: readonly RotationStep[], urgent: boolean): void {
  for (const step of steps) {
    const before = signerOf(stored.keys);
    stored.sign();
    if (step.step === 'remove' || step.step === 'delete_public_half') {
      const lastSigned = stored.lastSigned.get(step.key.kid);
      if (lastSigned !== undefined) expect(stored.now - lastSigned).toBeGreaterThanOrEqual(SILENCE[step.step]);
    }
    stored.take(step);
    stored.sign();
    const after = signerOf(stored.keys);
    if (before) expect(after).toBeDefined();
    if (before && after && after.kid !== before.kid && !urgent) {
      expect(stored.now - after.createdAt).toBeGreaterThanOrEqual(POLICY.publishBeforeUseSeconds);
    }
  }
}

const anyEvent = fc.oneof(
  fc.record({ kind: fc.constant('wait' as const), seconds: fc.integer({ min: 0, max: 120 * DAY }) }),
  fc.record({
    kind: fc.constant('rotate' as const),
    force: fc.boolean(),
    breaksAfter: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
  }),
  fc.record({
    kind: fc.constant('revoke' as const),
    which: fc.nat(5),
    breaksAfter: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
  }),
  fc.record({ kind: fc.constant('twice' as const), order: fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }) }),
);
type Event = typeof anyEvent extends fc.Arbitrary<infer T> ? T : never;

/** A revocation as the flow does it: plan, take, then mark the key itself. One that broke off is repeated. */
function revoke(stored: StoredKeys, which: number, breaksAfter: number | undefined): void {
  const kid = stored.keys[which % Math.max(1, stored.keys.length)]?.kid;
  if (kid === undefined) return;
  takeAndWatch(stored, stored.plan({ force: false, revoked: kid }).slice(0, breaksAfter), true);
  if (breaksAfter !== undefined) takeAndWatch(stored, stored.plan({ force: false, revoked: kid }), true);
  stored.revoke(kid);
  expect(signerOf(stored.keys)).toBeDefined();
}

/** Two runs that read the same keys and then take turns. */
function rotateTwice(stored: StoredKeys, turns: readonly boolean[]): void {
  const plans = [stored.plan({ force: false }), stored.plan({ force: false })].map((steps) => [...steps]);
  for (const first of [...turns, ...Array<boolean>(8).fill(true), ...Array<boolean>(8).fill(false)]) {
    const step = plans[first ? 0 : 1]?.shift();
    if (step) takeAndWatch(stored, [step], false);
  }
}

function happen(stored: StoredKeys, event: Event): void {
  if (event.kind === 'wait') stored.now += event.seconds;
  else if (event.kind === 'revoke') revoke(stored, event.which, event.breaksAfter);
  else if (event.kind === 'twice') rotateTwice(stored, event.order);
  else takeAndWatch(stored, stored.plan(event).slice(0, event.breaksAfter), event.force);
}

describe('rotation, whatever happens', () => {
  it('keeps a signer at every step, publishes it before it signs, keeps it until its tokens are over', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { minLength: 1, maxLength: 25 }), (events) => {
        const stored = new StoredKeys();
        for (const event of events) happen(stored, event);
        expect(new Set(stored.generations).size).toBe(stored.generations.length);
      }),
      { numRuns: 500 },
    );
  });

  it('comes to exactly one active and one next key, and then to rest', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 25 }), (events) => {
        const stored = new StoredKeys();
        for (const event of events) happen(stored, event);
        for (let run = 0; run < 2; run += 1) takeAndWatch(stored, stored.plan({ force: false }), false);
        expect(stored.keys.filter(({ state }) => state === 'active')).toHaveLength(1);
        expect(stored.keys.filter(({ state }) => state === 'next')).toHaveLength(1);
        expect(stored.plan({ force: false })).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the key that verifies a signature', () => {
  it.each(['next', 'active', 'retiring', 'gone'] as const)('is the one with its kid, also when it is %s', (state) => {
    const keys = [active(1, NOW), key(2, { state })];
    expect(verifierOf(keys, 'kid-2')).toBe(keys[1]);
  });

  it('is never a revoked one, and none where the kid is unknown', () => {
    expect(verifierOf([key(1, { state: 'revoked' })], 'kid-1')).toBeUndefined();
    expect(verifierOf([active(1, NOW)], 'kid-2')).toBeUndefined();
  });
});
