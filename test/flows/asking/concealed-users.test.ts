import { describe, expect, it } from 'vitest';
import { nobodyNamed } from '../../../provider/core/asking/concealment.ts';
import type { Counted } from '../../../provider/core/asking/rate-window.ts';
import { SYNTHETIC_ID } from '../../../provider/core/operating/reserved.ts';
import { NOW, refusalOf, valueFrom } from '../../core/given.ts';
import { deviceNamed, reachOf } from '../world/devices.ts';
import { keyNamed } from '../world/signatures.ts';
import { CODE_OF_ANA } from '../world/user-codes.ts';
import { ANA, FIRST_REQUEST } from '../world/world.ts';
import { askingWorld } from './given.ts';
import {
  aliases,
  type Form,
  hintToken,
  KINDS,
  type Kind,
  NAMING,
  type Named,
  SENT,
  type Sent,
  subjectOf,
} from './ways-of-naming.ts';

const settings = {
  concealsUsers: true,
  clientLimits: { requestsPerMinute: 60, unknownUsers: 100 },
  acrPolicy: [
    { acr: 'urn:high', anyOf: ['face'], needsVerificationKey: true },
    { acr: 'urn:low', anyOf: ['pin'] },
  ],
};
const TWO_KEYS = { kind: 'device-jws', publicKey: keyNamed('two'), verificationKey: keyNamed('second') } as const;
const NOBODY = nobodyNamed({ kind: 'identifier', identifier: { type: 'email', value: 'nobody@example.com' } });
const MEANT = nobodyNamed({ kind: 'identifier', identifier: { type: 'email', value: 'ana@example.com' } });

const KNOWN: Named = { email: 'ana@example.com', sub: 'ana' };

const limited: Counted = { allowed: false, retryAfterSeconds: 42 };
/** What a request may have besides, so that more is judged. */
const MORE = {
  nothing: {},
  'a class': { acr_values: 'urn:low' },
  'a user code': { user_code: '4711' },
} as const satisfies Readonly<Record<string, Form>>;

/**
 * A reason: how the world differs, what is named instead, and by which kinds of hint if not by all. `like` is the
 * person who is asked with the same parameters, if that is not Ana with one phone.
 */
type Row = {
  readonly given?: Parameters<typeof askingWorld>[0];
  readonly named?: Partial<Named>;
  readonly user?: Counted;
  readonly code?: Counted;
  readonly leftover?: true;
  readonly by?: readonly Kind[];
  readonly form?: Form;
  readonly like?: Row;
};
const TWO_NAMES = ['login_hint with two names', 'login_hint_token with two names'] as const;
const BY_ADDRESS_ALONE = [
  'login_hint',
  'login_hint with a foreign name besides',
  'login_hint_token',
  'login_hint_token without a jti',
  'login_hint_token with a foreign name besides',
] as const;
const BY_ADDRESS = [...BY_ADDRESS_ALONE, ...TWO_NAMES];

const WITH_CODE = { codes: [['ana', CODE_OF_ANA]] } as const;
const RIGHT = { user_code: '4711' } as const;

/** Why a person is not asked. */
const WHY: Readonly<Record<string, Row>> = {
  'nobody has the name': { named: { email: 'nobody@example.com', sub: 'nobody' } },
  'nobody has one of two names': { named: { email: 'nobody@example.com' }, by: TWO_NAMES },
  'nobody has the other of two names': { named: { sub: 'nobody' }, by: TWO_NAMES },
  'two names are of two users': {
    given: { users: [ANA, { ...ANA, sub: 'bo', identifiers: [] }] },
    named: { sub: 'bo' },
    by: TWO_NAMES,
  },
  'the user was removed': { given: { users: [] } },
  'the user was removed, and the name is left': { given: { users: [] }, leftover: true, by: BY_ADDRESS },
  'the name is no longer of the user': {
    given: { users: [{ ...ANA, identifiers: [] }] },
    leftover: true,
    by: BY_ADDRESS_ALONE,
  },
  'another person has the subject of the token': {
    given: { users: [{ ...ANA, createdAt: NOW - 60 }] },
    by: ['id_token_hint'],
  },
  'the user is blocked': { given: { users: [{ ...ANA, status: 'blocked' }] } },
  'the user has no phone': { given: { devices: [] } },
  'the only phone is dead': { given: { devices: [deviceNamed('phone', { reach: reachOf('token', 'unreachable') })] } },
  'no phone reaches the class': {
    form: { acr_values: 'urn:high' },
    like: { given: { devices: [deviceNamed('phone', { proof: TWO_KEYS })] }, form: { acr_values: 'urn:high' } },
  },
  'the user has a code that was not sent': {
    given: WITH_CODE,
    form: { user_code: [] },
    like: { form: { user_code: [] } },
  },
  'the user code is wrong': { given: WITH_CODE, form: { user_code: '4712' }, like: { given: WITH_CODE, form: RIGHT } },
  'the user code is right, after too many wrong ones': {
    given: WITH_CODE,
    code: limited,
    form: RIGHT,
    like: { given: WITH_CODE, form: RIGHT },
  },
  'the user was asked too often': { user: limited },
  'the client may ask somebody else alone': { given: { client: { onlySub: 'bo' } } },
  'the client may ask somebody else alone, and nobody has the name': {
    given: { client: { onlySub: 'bo' } },
    named: { email: 'nobody@example.com', sub: 'nobody' },
  },
  'the user is that of the synthetic login': {
    given: { users: [{ ...ANA, sub: SYNTHETIC_ID }] },
    named: { sub: SYNTHETIC_ID },
  },
};
const ROWS = Object.entries(WHY).flatMap(([why, row]) =>
  (row.by ?? (Object.keys(KINDS) as Kind[])).flatMap((kind) =>
    Object.entries(MORE).flatMap(([besides, more]) =>
      (Object.keys(SENT) as Sent[]).map((sent) => [why, kind, sent, besides, { sent, row, more }] as const),
    ),
  ),
);

/**
 * What a call costs in time: a read, a write, a slow hash, or a call of SNS. A request with its details is two writes.
 */
const costOf = (call: string): readonly string[] => {
  if (call === 'store request') return ['write', 'write'];
  if (/^(store|count|give back|use jti)/.test(call)) return ['write'];
  if (call.startsWith('hash')) return ['hash'];
  return /^(ring|announce)/.test(call) ? ['publish'] : ['read'];
};

type Way = { readonly sent: Sent; readonly more: Form };

/**
 * Asks, and returns which phones rang, which a confederate could notice, and what a client could: the answer, the waves
 * of calls, and what polls are decided from.
 */
async function noticed(kind: Kind, { given = {}, named, user, code, leftover, form }: Row, { sent, more }: Way) {
  const client = { ...NAMING, sendsUserCodes: true, ...given.client };
  const world = askingWorld({ ...given, client, settings: { ...settings, ...given.settings } });
  if (user) world.limits.user = user;
  if (code) world.limits.code = code;
  if (leftover) world.logins.set('email ana@example.com', 'ana');
  const waves = world.journal.inWaves();
  const { auth_req_id: authReqId, ...answer } = valueFrom(
    await SENT[sent](world, { ...KINDS[kind](world, { ...KNOWN, ...named }), ...more, ...form }),
  );
  const { sub, profileId, isConcealed, ...polled } = world.requests.stored.get(FIRST_REQUEST) ?? {};
  const costs = waves.map((calls) => calls.flatMap(costOf).toSorted());
  const isNamed = [...world.users.keys(), KNOWN.sub, 'nobody'].includes(String(sub));
  return {
    rung: world.rung.length,
    isNamed,
    seen: { length: authReqId.length, answer, polled, costs, used: [...world.used] },
  };
}

/** Each reason for which nobody is asked: the world, and what the client sends. */
function unasked() {
  const limited = askingWorld({ settings });
  limited.limits.user = { allowed: false, retryAfterSeconds: 42 };
  return [
    { world: askingWorld({ settings }), form: { login_hint: 'nobody@example.com' }, concealed: 'unknown_user' },
    { world: askingWorld({ settings, users: [] }), form: {}, concealed: 'unknown_user' },
    { world: askingWorld({ settings, client: { onlySub: 'bo' } }), form: {}, concealed: 'unknown_user' },
    { world: askingWorld({ settings, devices: [] }), form: {}, concealed: 'no_reachable_device' },
    { world: limited, form: {}, concealed: 'user_rate_limited' },
  ];
}

describe('where users are concealed (CIBA §14)', () => {
  it('a request for somebody who is not asked is accepted, rings nobody, and stays pending', async () => {
    for (const { world, form, concealed } of unasked()) {
      const answer = valueFrom(await world.ask(form));
      expect(answer).toMatchObject({ expires_in: 120, interval: 5 });
      expect(world.rung).toEqual([]);
      expect(world.requests.created).toEqual([]);
      expect(world.requests.stored.get(FIRST_REQUEST)).toMatchObject({ state: 'pending', isConcealed: true });
      expect(world.line()).toMatchObject({ concealed });
    }
  });

  it('what is stored names nobody, also where a person was meant', async () => {
    const unknown = askingWorld({ settings });
    await unknown.ask({ login_hint: 'nobody@example.com' });
    expect(unknown.requests.stored.get(FIRST_REQUEST)).toMatchObject(NOBODY);
    const meant = askingWorld({ settings, devices: [] });
    await meant.ask();
    expect(meant.requests.stored.get(FIRST_REQUEST)).toMatchObject(MEANT);
  });

  it.each(ROWS)(
    '%s, named by %s %s, with %s besides: the client notices what it does of a person who does not answer',
    async (_why, kind, _sent, _besides, { row, ...way }) => {
      const asked = await noticed(kind, row.like ?? {}, way);
      expect([asked.rung, asked.isNamed, asked.seen.costs.at(-1)]).toEqual([1, true, ['publish']]);
      expect(await noticed(kind, row, way)).toEqual({ rung: 0, isNamed: false, seen: asked.seen });
    },
  );

  const FOREIGN = subjectOf(KNOWN, 'https://evil.example/');
  it.each<[string, (world: ReturnType<typeof askingWorld>) => Form]>([
    ['login_hint', () => ({ login_hint: JSON.stringify(FOREIGN) })],
    ['login_hint with two names', () => ({ login_hint: JSON.stringify(aliases(FOREIGN, FOREIGN)) })],
    ['login_hint_token', (world) => hintToken(world, FOREIGN)],
    ['login_hint_token with two names', (world) => hintToken(world, aliases(FOREIGN, FOREIGN))],
  ])('a subject of another issuer alone, in %s, is refused before anybody is looked up', async (_, formOf) => {
    for (const send of Object.values(SENT)) {
      const world = askingWorld({ settings, client: NAMING });
      const refused = refusalOf(await send(world, formOf(world)));
      expect(refused).toEqual({ reason: 'unknown_user', because: 'foreign_issuer' });
      expect(world.journal.calls.filter((call) => !/^(find client|verify) /.test(call))).toEqual([]);
      expect([...world.used]).toEqual([]);
    }
  });

  it.each<[string, Sent, Kind, string]>([
    ['a login_hint_token', 'in a form', 'login_hint_token', 'login_hint_token_invalid'],
    ['a signed request', 'in a signed request', 'login_hint', 'request_object_replayed'],
    ['both', 'in a signed request', 'login_hint_token', 'login_hint_token_invalid'],
  ])('%s that is sent again is refused, whoever is named', async (_, sent, kind, reason) => {
    for (const email of ['ana@example.com', 'nobody@example.com']) {
      const world = askingWorld({ settings, client: NAMING });
      const form = KINDS[kind](world, { ...KNOWN, email });
      expect((await SENT[sent](world, form)).ok).toBe(true);
      expect(refusalOf(await SENT[sent](world, form))).toMatchObject({ reason });
    }
  });

  it('a person whose phones turn out to be dead costs one more call of SNS, once', async () => {
    const world = askingWorld({ settings });
    world.fates.set('phone', 'unreachable');
    const waves = world.journal.inWaves();
    await world.ask();
    expect(waves.at(-2)).toEqual(['ring phone']);
    expect(waves.at(-1)).toContain('announce to bank');
  });

  it('no attempt that rings nobody uses up a limit, and no count tells later how many users were unknown', async () => {
    const world = askingWorld({ settings });
    await world.ask({ login_hint: 'nobody@example.com' });
    expect(world.journal.calls).toContain(`give back ${NOBODY.sub} of ${NOW}`);
    expect(world.journal.calls).not.toContain('count unknown user of bank');
  });

  it.each([
    ['turns out to be dead', 'unreachable', 'no_reachable_device'],
    ['cannot be pushed to, while SNS takes the announcement', 'outage', 'push_unavailable'],
  ] as const)('a person whose only phone %s is not given away either', async (_, fate, concealed) => {
    const world = askingWorld({ settings });
    world.fates.set('phone', fate);
    expect((await world.ask()).ok).toBe(true);
    expect(world.requests.stored.get(FIRST_REQUEST)).toMatchObject({ state: 'pending' });
    expect(world.line()).toMatchObject({ concealed });
    expect(world.journal.calls).toContain(`give back ana of ${NOW}`);
    expect(world.journal.calls).toContain('announce to bank');
  });

  it('a client that was reported and meets the limit of the user is answered as everybody is', async () => {
    const report = { at: NOW - 100, requestId: 'request-0' };
    const block = { clientId: 'bank', registrationId: 'registration-1', profileId: 'profile-1', denials: 1 };
    const world = askingWorld({ settings, blocks: [{ ...block, deniedAt: NOW - 100, report }] });
    world.limits.silent = { allowed: false, retryAfterSeconds: 42 };
    expect((await world.ask()).ok).toBe(true);
    expect([...world.requests.stored.values()].at(-1)).toMatchObject({ state: 'pending', isConcealed: true });
  });

  it.each([
    ['nobody', 'nobody@example.com'],
    ['a person', 'ana@example.com'],
  ])('an outage of all of SNS is told for %s, and leaves no pending request', async (_, login_hint) => {
    const world = askingWorld({ settings });
    world.fates.set('phone', 'outage');
    world.journal.breakAt('announce to bank');
    expect(refusalOf(await world.ask({ login_hint }))).toMatchObject({ reason: 'push_unavailable' });
    expect(world.requests.stored.get(FIRST_REQUEST)).toMatchObject({ state: 'failed' });
  });

  it('a client that is over its own limit, or pauses, is told so', async () => {
    const world = askingWorld({ settings });
    world.limits.client = { allowed: false, retryAfterSeconds: 9 };
    expect(refusalOf(await world.ask({ login_hint: 'nobody@example.com' }))).toEqual({
      reason: 'client_rate_limited',
      retryAfterSeconds: 9,
    });
  });
});
