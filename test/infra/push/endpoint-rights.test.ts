import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { functionNames, functions } from '../../../infra/functions/deployed-functions.ts';
import { type PushRightsReport, SELF_CHECK } from '../../../provider/core/operating/push-rights.ts';
import { World } from '../../support/world.ts';
import { onEndpointsAlone } from '../support/former-statements.ts';
import { granted, permitsOf, resolve } from '../support/local-roles.ts';
import { allows, recordedCall } from '../support/recorded-calls.ts';

const APPLICATION = 'arn:aws:sns:eu-central-1:000000000000:app/GCM/local';
const ENDPOINT = 'arn:aws:sns:eu-central-1:000000000000:endpoint/GCM/local/b6cd1a44-6a3a-4a8c-9b3e-000000000000';

const checked = functionNames.filter((name) => functions[name].sns.length > 0);
const bodyOf = (method: string) => (method === 'GET' ? {} : { body: JSON.stringify(SELF_CHECK) });
const former = (name: string) => granted(name).map(onEndpointsAlone);

describe('an action on an endpoint', () => {
  const each = [
    { name: 'device', action: 'Publish' },
    { name: 'device', action: 'GetEndpointAttributes' },
    { name: 'device', action: 'SetEndpointAttributes' },
    { name: 'device', action: 'DeleteEndpoint' },
    { name: 'admin', action: 'DeleteEndpoint' },
    { name: 'backchannel-authentication', action: 'Publish' },
    { name: 'client-notification', action: 'Publish' },
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

  it('is not needed to prove the rights: a self-check rings nobody and changes nothing', async () => {
    const { phone } = await world.person();
    const rung: unknown[] = [];
    world.runtime.sns.on('delivery', (delivery) => rung.push(delivery));
    const before = JSON.stringify(world.runtime.sns.save());
    for (const name of checked) {
      world.runtime.sns.permits = permitsOf(granted);
      const good = (await world.runtime.host.invoke(name, SELF_CHECK)) as PushRightsReport;
      const actions = functions[name].sns.filter((action) => action !== 'CreatePlatformEndpoint');
      expect(good.platforms).toEqual(['APNS', 'APNS_SANDBOX', 'GCM']);
      expect([...new Set(good.rights.map(({ action }) => action))].toSorted()).toEqual(actions.toSorted());
      expect(good.rights.filter(({ result }) => result !== 'allowed')).toEqual([]);
      world.runtime.sns.permits = permitsOf(former);
      const bad = (await world.runtime.host.invoke(name, SELF_CHECK)) as PushRightsReport;
      expect(bad.rights.filter(({ result }) => result !== 'denied')).toEqual([]);
      expect(bad.rights).toHaveLength(good.rights.length);
    }
    expect(rung).toEqual([]);
    expect(JSON.stringify(world.runtime.sns.save())).toBe(before);
    world.runtime.sns.permits = () => true;
    expect(await phone.list()).toEqual([]);
  });

  it('or a client cannot ask for a self-check over HTTP: no call to SNS is made for it', async () => {
    const asked = () => world.runtime.aws.calls.filter(({ service }) => service === 'sns').length;
    const before = asked();
    const send = (path: string, method = 'POST', headers = {}) =>
      world.send(path, { method, headers: { 'content-type': 'application/json', ...headers }, ...bodyOf(method) });
    const query = '?self_check=push_rights';
    expect((await send(`/devices${query}`, 'POST', SELF_CHECK)).body['error']).toBe('invalid_request');
    expect((await send(`/admin/clients${query}`)).body['error']).toBe('invalid_client_metadata');
    expect((await send(`/bc-authorize${query}`)).body['error']).toBe('invalid_client');
    expect((await send('/device/requests', 'GET', SELF_CHECK)).status).toBe(401);
    expect(asked()).toBe(before);
  });

  it('could be neither enrolled nor rung by roles that name endpoints alone', async () => {
    const { email } = await world.person();
    world.runtime.sns.permits = permitsOf(former);
    const asked = await world.ask(await world.client(), { login_hint: email });
    expect(asked.status).toBe(503);
    expect(await world.line(asked)).toMatchObject({
      reason: 'push_unavailable',
      push_errors: 'AuthorizationError',
    });
    await expect(world.person()).rejects.toThrow('server_error');
    const fault = () => JSON.parse(world.logs.findLast((line) => line.includes('"message":"fault"')) ?? '{}');
    await expect.poll(fault).toMatchObject({ service: 'device', fault: 'AuthorizationError' });
  });
});
