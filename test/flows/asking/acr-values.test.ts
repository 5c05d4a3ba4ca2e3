import { describe, expect, it } from 'vitest';
import { refusalOf } from '../../core/given.ts';
import { deviceNamed, reachOf } from '../world/devices.ts';
import { keyNamed } from '../world/signatures.ts';
import { askingWorld } from './given.ts';

const HIGH = { acr: 'urn:high', anyOf: ['fpt', 'face'], needsVerificationKey: true };
const LOW = { acr: 'urn:low', anyOf: ['pin'] };
const proof = { kind: 'device-jws', publicKey: keyNamed('two'), verificationKey: keyNamed('second') } as const;
const settings = { acrPolicy: [HIGH, LOW] };
const devices = [deviceNamed('phone'), deviceNamed('tablet', { proof })];
const shownIn = ({ requests }: ReturnType<typeof askingWorld>) =>
  JSON.parse(Buffer.from(requests.created[0]?.details.bytes ?? []).toString());

describe('a client asks for a class of authentication (CIBA §7.1)', () => {
  it('and the phone is shown what suffices, which is stored as it was asked', async () => {
    const world = askingWorld({ settings, devices });
    expect((await world.ask({ acr_values: 'urn:unknown urn:low urn:high' })).ok).toBe(true);
    expect(shownIn(world)['acr_values']).toEqual([
      { acr: 'urn:low', amr: ['pin'], verification_key: false },
      { acr: 'urn:high', amr: ['fpt', 'face'], verification_key: true },
    ]);
    expect(world.requests.created[0]?.asked.acrValues).toEqual([LOW, HIGH]);
    expect(world.requests.created[0]?.request).not.toHaveProperty('acrValues');
    expect(world.journal.calls.at(-1)).toBe('ring phone and tablet');
  });

  it('that the policy does not know: the request goes on like one that asked for none', async () => {
    const world = askingWorld({ settings, devices });
    expect((await world.ask({ acr_values: 'urn:unknown' })).ok).toBe(true);
    expect(shownIn(world)).not.toHaveProperty('acr_values');
  });

  it('that one device reaches: the other one stays silent', async () => {
    const world = askingWorld({ settings, devices });
    expect((await world.ask({ acr_values: 'urn:high' })).ok).toBe(true);
    expect(world.journal.calls.at(-1)).toBe('ring tablet');
  });

  it.each([
    ['has no device with a verification key', [deviceNamed('phone')]],
    [
      'has one that no push reaches',
      [deviceNamed('phone'), deviceNamed('tablet', { proof, reach: reachOf('tablet', 'unreachable') })],
    ],
  ])('and learns at once that the user %s: nothing is stored, and the attempt is given back', async (_, own) => {
    const world = askingWorld({ settings, devices: own });
    expect(refusalOf(await world.ask({ acr_values: 'urn:high' }))).toEqual({ reason: 'acr_out_of_reach', devices: 1 });
    expect(world.requests.created).toEqual([]);
    expect(world.journal.calls.some((call) => call.startsWith('ring'))).toBe(false);
    expect(world.journal.calls.some((call) => call.startsWith('give back ana'))).toBe(true);
  });

  it('and learns nothing of the user’s devices where users are concealed', async () => {
    const world = askingWorld({ settings: { ...settings, concealsUsers: true }, devices: [deviceNamed('phone')] });
    expect((await world.ask({ acr_values: 'urn:high' })).ok).toBe(true);
    expect(world.line()).toMatchObject({ concealed: 'acr_out_of_reach' });
    expect(world.journal.calls.some((call) => call.startsWith('ring'))).toBe(false);
  });

  it('costs no call more', async () => {
    const [plain, classy] = [askingWorld({ settings, devices }), askingWorld({ settings, devices })];
    await plain.ask();
    await classy.ask({ acr_values: 'urn:low' });
    expect(classy.journal.calls).toEqual(plain.journal.calls);
  });

  it('is refused for a malformed list before the user is looked for', async () => {
    const world = askingWorld({ settings, devices });
    expect(refusalOf(await world.ask({ acr_values: 'urn:low\u202E' }))).toMatchObject({
      reason: 'invalid_parameter',
      name: 'acr_values',
    });
    expect(refusalOf(await world.ask({ acr_values: ['urn:low', 'urn:low'] }))).toMatchObject({
      reason: 'repeated_parameter',
    });
    expect(world.journal.calls.some((call) => call.startsWith('resolve'))).toBe(false);
  });
});
