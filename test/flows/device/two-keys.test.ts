import { describe, expect, it } from 'vitest';
import { DEVICE_TOKEN_TYPES } from '../../../provider/core/device/device-token.ts';
import { ISSUER, NOW, refusalOf, valueFrom } from '../../core/given.ts';
import { deviceNamed } from '../world/devices.ts';
import { keyNamed } from '../world/signatures.ts';
import { type Different, deviceWorld, TICKET } from './given.ts';

const BADLY_SIGNED = { reason: 'verification_key_signature' };
const wrongClaim = (claim: string) => ({ reason: 'device_token_claim', claim });

/** Ana, who enrols a phone with two keys. */
function enrollingWorld() {
  const world = deviceWorld();
  /** What the second key signs to prove itself. */
  const proofBy = (name: string, { claims, header, key = keyNamed(name), ...more }: Different = {}) =>
    world.sign({
      header: { typ: DEVICE_TOKEN_TYPES.verificationKey, jwk: key, ...header },
      claims: {
        aud: ISSUER,
        iat: NOW,
        exp: NOW + 60,
        jti: 'proof-1',
        ticket: TICKET,
        jkt: 'thumbprint of new',
        ...claims,
      },
      key,
      ...more,
    });
  const enrolWith = (verification_key: unknown) => world.enrol('new', { claims: { verification_key } });
  return { ...world, proofBy, enrolWith };
}

describe('a phone enrols with two keys', () => {
  it('each of which proves itself, and is told so', async () => {
    const { enrolWith, proofBy, devices, journal } = enrollingWorld();
    expect(valueFrom(await enrolWith(proofBy('second')))).toEqual({
      device_id: 'id-1',
      sub: 'ana',
      issuer: ISSUER,
      verification_key: true,
    });
    expect(journal.calls.slice(0, 3)).toEqual(['verify under new', 'verify under second', 'find owner of ticket']);
    const proof = { kind: 'device-jws', publicKey: keyNamed('new'), verificationKey: keyNamed('second') };
    expect(devices.get('id-1')?.proof).toEqual(proof);
  });

  it.each<[string, (world: ReturnType<typeof enrollingWorld>) => unknown, object]>([
    ['that is the first key', ({ proofBy }) => proofBy('new'), { reason: 'verification_key_not_another' }],
    [
      'that is the first key with other members',
      ({ proofBy }) => proofBy('new', { header: { jwk: { ...keyNamed('new'), kid: 'k', use: 'sig' } } }),
      { reason: 'verification_key_not_another' },
    ],
    [
      'that another key signed',
      ({ proofBy }) => proofBy('second', { header: { jwk: keyNamed('other') } }),
      BADLY_SIGNED,
    ],
    ['that is no JWT', () => 'x.y.z', BADLY_SIGNED],
    [
      'that is another kind of JWT',
      ({ proofBy }) => proofBy('second', { header: { typ: 'ciba-enrolment+jwt' } }),
      BADLY_SIGNED,
    ],
    ['under RS256 with an EC key', ({ proofBy }) => proofBy('second', { header: { alg: 'RS256' } }), BADLY_SIGNED],
    ['under none', ({ proofBy }) => proofBy('second', { header: { alg: 'none' } }), BADLY_SIGNED],
    ['under HS256', ({ proofBy }) => proofBy('second', { header: { alg: 'HS256' } }), BADLY_SIGNED],
    [
      'with its private half',
      ({ proofBy }) => proofBy('second', { header: { jwk: { ...keyNamed('second'), d: 'd' } } }),
      { reason: 'device_key_not_accepted' },
    ],
    [
      'without a key',
      ({ proofBy }) => proofBy('second', { header: { jwk: undefined } }),
      { reason: 'device_key_not_accepted' },
    ],
    [
      'for another ticket',
      ({ proofBy }) => proofBy('second', { claims: { ticket: 'ticket-2' } }),
      wrongClaim('ticket'),
    ],
    [
      'beside another first key',
      ({ proofBy }) => proofBy('second', { claims: { jkt: 'thumbprint of other' } }),
      wrongClaim('jkt'),
    ],
    ['for no first key', ({ proofBy }) => proofBy('second', { claims: { jkt: undefined } }), wrongClaim('jkt')],
    [
      'for another issuer',
      ({ proofBy }) => proofBy('second', { claims: { aud: 'https://evil.example/' } }),
      wrongClaim('aud'),
    ],
    [
      'that expired',
      ({ proofBy }) => proofBy('second', { claims: { iat: NOW - 120, exp: NOW - 60 } }),
      wrongClaim('exp'),
    ],
    ['that is no text', () => keyNamed('second'), wrongClaim('verification_key')],
  ])('and is refused with a second key %s', async (_name, second, refusal) => {
    const world = enrollingWorld();
    expect(refusalOf(await world.enrolWith(second(world)))).toMatchObject(refusal);
    expect(world.journal.calls).not.toContain('find owner of ticket');
    expect(world.devices.size).toBe(2);
  });
});

describe('a phone that enrols again with its ticket', () => {
  const enrolledOnce = async () => {
    const world = enrollingWorld();
    await world.enrolWith(world.proofBy('second'));
    return world;
  };

  it('and both keys is told the same', async () => {
    const world = await enrolledOnce();
    expect(valueFrom(await world.enrolWith(world.proofBy('second')))).toMatchObject({
      device_id: 'id-1',
      verification_key: true,
    });
  });

  it.each<[string, (world: ReturnType<typeof enrollingWorld>) => unknown]>([
    ['another second key', ({ proofBy }) => proofBy('thief')],
    ['no second key', () => undefined],
  ])('and %s is refused: its ticket is spent', async (_name, second) => {
    const world = await enrolledOnce();
    const before = world.devices.get('id-1');
    expect(refusalOf(await world.enrolWith(second(world)))).toEqual({ reason: 'ticket_not_usable' });
    expect(world.devices.get('id-1')).toEqual(before);
  });

  it('gets no second key if it had none', async () => {
    const world = enrollingWorld();
    await world.enrol('new');
    expect(refusalOf(await world.enrolWith(world.proofBy('second')))).toEqual({ reason: 'ticket_not_usable' });
    expect(world.devices.get('id-1')?.proof.verificationKey).toBeUndefined();
  });
});

describe('the verification key signs answers alone', () => {
  it('and no call of the device', async () => {
    const proof = { kind: 'device-jws', publicKey: keyNamed('phone'), verificationKey: keyNamed('second') } as const;
    const { authenticate, update, remove } = deviceWorld({ devices: [deviceNamed('phone', { proof })] });
    const refusal = { reason: 'device_not_authenticated', because: 'signature' };
    const bySecond = { key: keyNamed('second') };
    expect(refusalOf(await authenticate('GET', bySecond))).toEqual(refusal);
    expect(refusalOf(await update({ name: 'x' }, 'phone', bySecond))).toEqual(refusal);
    expect(refusalOf(await remove('phone', bySecond))).toEqual(refusal);
    expect((await authenticate('GET')).ok).toBe(true);
  });
});
