import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AwsCall } from '../../local/aws/server.ts';
import { World } from '../support/world.ts';

// A change whose last step fails is made, and its repetition finds nothing to do. The audit trail must still tell it.
let world: World;
beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world?.close());

/** Calls the admin API while each AWS call that matches fails. Returns the status. */
async function withOutage(fails: (call: AwsCall) => boolean, change: () => Promise<{ status: number }>) {
  world.runtime.aws.interference = (call) =>
    fails(call) ? { status: 500, body: '{"__type":"InternalServerError"}' } : undefined;
  const { status } = await change();
  world.runtime.aws.interference = undefined;
  return status;
}

const writes = (action: string, text: string) => (call: AwsCall) =>
  call.action === action && call.body.toString().includes(text);

/** Waits for the event of a change in the copies that the log has. They come after the answer. */
async function expectInTrail(event: string, about: string): Promise<void> {
  const told = () => world.logs.some((line) => line.includes(`"event":"${event}"`) && line.includes(about));
  await expect.poll(told).toBe(true);
}

describe('a change that was made and then broke off is in the audit trail (ASVS 5, V16.3)', () => {
  it('the removal of a phone, while SNS is out', async () => {
    const { sub, phone } = await world.person();
    const { deviceId } = phone.identity;
    const remove = () => world.admin('DELETE', `/admin/users/${sub}/devices/${deviceId}`);
    expect(await withOutage(({ service }) => service === 'sns', remove)).toBe(500);
    expect((await world.admin('GET', `/admin/users/${sub}`)).text).not.toContain(`"${deviceId}"`);
    await expectInTrail('device_removed', deviceId);
  });

  it('the removal of a user, while SNS is out', async () => {
    const { sub } = await world.person();
    const remove = () => world.admin('DELETE', `/admin/users/${sub}`);
    expect(await withOutage(({ service }) => service === 'sns', remove)).toBe(500);
    expect((await world.admin('GET', `/admin/users/${sub}`)).status).toBe(404);
    await expectInTrail('user_removed', sub);
  });

  it('another address of a user, whose old one could not be cleaned up', async () => {
    const { sub } = await world.user();
    const change = () => world.admin('PATCH', `/admin/users/${sub}`, { email: 'another@example.com' });
    expect(await withOutage(writes('DeleteItem', 'LOGIN#'), change)).toBe(500);
    expect((await world.admin('GET', `/admin/users/${sub}`)).body['email']).toBe('another@example.com');
    await expectInTrail('user_updated', sub);
  });
});
