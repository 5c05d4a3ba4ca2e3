import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { World } from '../../support/world.ts';
import { granted, onEndpointsAlone, permitsOf, resolve } from '../support/local-roles.ts';
import { allows, recordedCall } from '../support/recorded-calls.ts';

const APPLICATION = 'arn:aws:sns:eu-central-1:000000000000:app/GCM/local';
const ENDPOINT = 'arn:aws:sns:eu-central-1:000000000000:endpoint/GCM/local/b6cd1a44-6a3a-4a8c-9b3e-000000000000';

const former = (name: string) => granted(name).map(onEndpointsAlone);

describe('an action on an endpoint', () => {
  const each = [
    { name: 'device', action: 'Publish' },
    { name: 'device', action: 'GetEndpointAttributes' },
    { name: 'device', action: 'SetEndpointAttributes' },
    { name: 'device', action: 'DeleteEndpoint' },
    { name: 'admin', action: 'DeleteEndpoint' },
    { name: 'backchannel-authentication', action: 'Publish' },
    { name: 'endpoint-events', action: 'GetEndpointAttributes' },
  ];
  const callOf = ({ name, action }: { name: string; action: string }) => {
    const input = action === 'Publish' ? { TargetArn: ENDPOINT } : { EndpointArn: ENDPOINT };
    return recordedCall({ caller: name, service: 'sns', action, input, body: Buffer.alloc(0) });
  };

  it.each(each)('is authorised against the application: $name may $action', (one) => {
    expect(callOf(one).resource).toBe(APPLICATION);
    expect(granted(one.name).some((statement) => allows(statement, callOf(one), resolve))).toBe(true);
  });

  it.each(each)('was denied to $name, whose role named endpoints alone: $action', (one) => {
    expect(former(one.name).some((statement) => allows(statement, callOf(one), resolve))).toBe(false);
  });
});

describe('a phone, where SNS asks the roles of the synthesized template', () => {
  let world: World;
  beforeEach(async () => {
    world = await World.start();
  });
  afterEach(() => world.close());
  const firstLogin = async () => {
    const { email, phone, sub } = await world.person();
    const asked = await world.ask(await world.client(), { login_hint: email });
    return { asked, phone, sub };
  };

  it('is enrolled, is rung, and is removed with its endpoint', async () => {
    world.runtime.sns.permits = permitsOf(granted);
    const { asked, phone, sub } = await firstLogin();
    expect(asked.status).toBe(200);
    expect(world.runtime.sns.endpoints.size).toBe(1);
    const removed = await world.admin('DELETE', `/admin/users/${sub}/devices/${phone.identity.deviceId}`);
    expect(removed.status).toBe(204);
    expect(world.runtime.sns.endpoints.size).toBe(0);
  });

  it('could be neither enrolled nor rung by roles that name endpoints alone', async () => {
    const { email } = await world.person();
    world.runtime.sns.permits = permitsOf(former);
    const asked = await world.ask(await world.client(), { login_hint: email });
    expect(asked.status).toBe(503);
    expect(await world.line(asked)).toMatchObject({
      reason: 'push_unavailable',
      push_errors: 'AuthorizationErrorException',
    });
    await expect(world.person()).rejects.toThrow('server_error');
    const fault = world.logs.findLast((line) => line.includes('"message":"fault"')) ?? '{}';
    expect(JSON.parse(fault)).toMatchObject({ service: 'device', fault: 'AuthorizationErrorException' });
  });
});
