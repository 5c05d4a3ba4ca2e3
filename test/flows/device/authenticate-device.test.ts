import { describe, expect, it } from 'vitest';
import { authenticateDevice } from '../../../provider/flows/device/authenticate-device.ts';
import { ISSUER, NOW, refusalOf, valueFrom } from '../../core/given.ts';
import { deviceNamed } from '../world/devices.ts';
import { Outage } from '../world/journal.ts';
import { keyNamed } from '../world/signatures.ts';
import { ANA } from '../world/world.ts';
import { ANA_WITH_TICKET, type Different, deviceWorld } from './given.ts';

const RSA = { kty: 'RSA', n: 'n'.repeat(342), e: 'AQAB', x: 'rsa' };
const notBelieved = (because: string) => ({ reason: 'device_not_authenticated', because });
const wrong = (claim: string, expected: string) => ({ reason: 'device_token_claim', claim, expected });

describe('a device is believed', () => {
  it('under its own stored key, with its user, what it signed, and for how long', async () => {
    const { authenticate, journal, line } = deviceWorld();
    expect(valueFrom(await authenticate())).toEqual({
      device: deviceNamed('phone'),
      signedBy: 'possession',
      user: ANA_WITH_TICKET,
      blocks: [],
      claims: expect.objectContaining({ iss: 'phone', jti: 'jti-1' }),
      life: { jti: 'jti-1', expiresAt: NOW + 120 },
    });
    expect(journal.calls).toEqual(['find user ana', 'list devices of ana', 'verify under phone']);
    expect(line()).toEqual({ device_id: 'phone' });
  });

  it('with an RSA key under RS256, which is pinned to it', async () => {
    const phone = deviceNamed('phone', { proof: { kind: 'device-jws', publicKey: RSA } });
    const { authenticate } = deviceWorld({ devices: [phone] });
    const signed: Different = { header: { alg: 'RS256' }, key: RSA, algorithm: 'RS256' };
    expect((await authenticate('GET', signed)).ok).toBe(true);
    expect(refusalOf(await authenticate('GET', { ...signed, header: { alg: 'ES256' } }))).toEqual(
      notBelieved('algorithm'),
    );
  });

  it('at a former name of the issuer', async () => {
    const { authenticate } = deviceWorld();
    const claims = { aud: 'https://old.example/', htu: 'https://old.example/device/requests' };
    expect((await authenticate('GET', { claims })).ok).toBe(true);
  });
});

describe('a device is not believed', () => {
  it('without a credential: nobody is looked up', async () => {
    const { ports, note, journal } = deviceWorld();
    const call = { assertion: undefined, method: 'GET', path: '/device/requests', note };
    expect(refusalOf(await authenticateDevice(ports, call))).toEqual(notBelieved('no_credential'));
    expect(journal.calls).toEqual([]);
  });

  it.each<[string, Different, string]>([
    ['without an issuer', { claims: { iss: undefined } }, 'malformed'],
    ['with a subject that can be nobody’s', { claims: { sub: '../x' } }, 'malformed'],
    ['as another kind of JWT (RFC 8725 §3.11)', { header: { typ: 'ciba-response+jwt' } }, 'type'],
  ])('%s: nobody is looked up', async (_name, different, because) => {
    const { authenticate, journal } = deviceWorld();
    expect(refusalOf(await authenticate('GET', different))).toEqual(notBelieved(because));
    expect(journal.calls).toEqual([]);
  });

  it('as something that is no JWT', async () => {
    const { believe, journal } = deviceWorld();
    expect(refusalOf(await believe('no JWT'))).toEqual(notBelieved('malformed'));
    expect(journal.calls).toEqual([]);
  });

  it.each<[string, Different, string]>([
    ['that its user never had', { claims: { iss: 'stranger' } }, 'unknown_device'],
    ['of a user whom nobody knows', { claims: { sub: 'nobody' } }, 'unknown_device'],
    ['by an algorithm that is not pinned to its key', { header: { alg: 'RS256' } }, 'algorithm'],
    ['by none at all', { header: { alg: 'none' } }, 'algorithm'],
  ])('%s: no signature is verified', async (_name, different, because) => {
    const { authenticate, journal, line } = deviceWorld();
    expect(refusalOf(await authenticate('GET', different))).toEqual(notBelieved(because));
    expect(journal.calls).toHaveLength(2);
    expect(line()).toEqual({});
  });

  it('of a removed user, though the device is still stored', async () => {
    const { authenticate, users } = deviceWorld();
    users.clear();
    expect(refusalOf(await authenticate())).toEqual(notBelieved('unknown_device'));
  });

  it('of a blocked user', async () => {
    const { authenticate } = deviceWorld({ users: [{ ...ANA, status: 'blocked' }] });
    expect(refusalOf(await authenticate())).toEqual(notBelieved('user_blocked'));
  });

  it('under another key, and the log names no device', async () => {
    const { authenticate, line } = deviceWorld();
    expect(refusalOf(await authenticate('GET', { key: keyNamed('thief') }))).toEqual(notBelieved('signature'));
    expect(line()).toEqual({});
  });

  it.each<[string, Different, object]>([
    ['for another issuer', { claims: { aud: 'https://evil.example/' } }, wrong('aud', 'the issuer as a single string')],
    [
      'a minute after its end',
      { claims: { iat: NOW - 100, exp: NOW - 60 } },
      wrong('exp', 'an instant that has not passed'),
    ],
    ['for another method', { claims: { htm: 'DELETE' } }, wrong('htm', 'the HTTP method of this call')],
    ['for another URL', { claims: { htu: `${ISSUER}devices` } }, wrong('htu', 'the URL of this call')],
  ])('%s', async (_name, different, refusal) => {
    const { authenticate } = deviceWorld();
    expect(refusalOf(await authenticate('GET', different))).toEqual(refusal);
  });
});

describe('the jti of an assertion', () => {
  it('of a change is used up last, under the id of its device, until a minute after its end', async () => {
    const { authenticate, journal } = deviceWorld();
    expect((await authenticate('DELETE')).ok).toBe(true);
    expect(journal.calls.slice(-2)).toEqual(['verify under phone', 'use jti jti-1 of phone until 120']);
    expect(refusalOf(await authenticate('PATCH'))).toEqual(notBelieved('replayed'));
  });

  it('of a refused call is not used up', async () => {
    const { authenticate, used } = deviceWorld();
    await authenticate('DELETE', { claims: { htm: 'PATCH' } });
    await authenticate('DELETE', { key: keyNamed('thief') });
    expect(used.size).toBe(0);
  });

  it('of a read may come again, within the two minutes that it lives', async () => {
    const { authenticate, used } = deviceWorld();
    expect((await authenticate()).ok).toBe(true);
    expect((await authenticate()).ok).toBe(true);
    expect(used.size).toBe(0);
  });
});

it.each(['find user', 'list devices', 'use jti'])('an outage at "%s" is a fault, not a refusal', async (call) => {
  const { authenticate, journal } = deviceWorld();
  journal.breakAt(call);
  await expect(authenticate('DELETE')).rejects.toThrow(Outage);
});
