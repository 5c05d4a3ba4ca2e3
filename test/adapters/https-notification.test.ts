import { setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HttpsNotification } from '../../lambdas/adapters/https-notification.ts';
import { NotificationEndpoint } from '../support/notification-endpoint.ts';

const notification = (endpoint: string) => ({ endpoint, token: 'token', authReqId: 'id', correlationId: 'c-1' });
const inAccount = new HttpsNotification([]);
const onLoopback = new HttpsNotification(['127.0.0.0/8', '::1/128']);

let client: NotificationEndpoint;
beforeAll(async () => {
  client = await NotificationEndpoint.start();
});
afterAll(() => client.close());

describe('a notification goes to public addresses only', () => {
  it.each([
    ['a name that leads to this machine', () => client.url],
    ['this machine', () => 'https://127.0.0.1/'],
    ['this machine in another spelling', () => 'https://2130706433/'],
    ['this machine in hexadecimal', () => 'https://0x7f.1/'],
    ['this machine in IPv6', () => 'https://[::1]/'],
    ['this machine, IPv4 within IPv6', () => 'https://[::ffff:127.0.0.1]/'],
    ['any address', () => 'https://0.0.0.0/'],
    ['any address in IPv6', () => 'https://[::]/'],
    ['the credentials of the function, where instances have them', () => 'https://169.254.169.254/'],
    ['the same in IPv6', () => 'https://[fd00:ec2::254]/'],
    ['a private network', () => 'https://10.0.0.1/'],
    ['another', () => 'https://172.16.0.1/'],
    ['and another', () => 'https://192.168.0.1/'],
    ['a carrier’s network', () => 'https://100.64.0.1/'],
    ['a link', () => 'https://[fe80::1]/'],
    ['a private network behind a translation prefix', () => 'https://[64:ff9b::a00:1]/'],
    ['many at once', () => 'https://224.0.0.1/'],
    ['everybody', () => 'https://255.255.255.255/'],
  ])('never to %s', async (_what, url) => {
    expect(await inAccount.send(notification(url()))).toEqual({ unreachable: 'address_not_public' });
    expect(client.received).toEqual([]);
  });
});

describe('an endpoint that gives no HTTP answer', () => {
  it('without a certificate that is trusted counts as unreachable, and is told nothing', async () => {
    expect(await onLoopback.send(notification(client.url))).toEqual({ unreachable: 'tls_failed' });
    expect(client.received).toEqual([]);
  });

  it('that has no name counts as unreachable', async () => {
    const sent = await onLoopback.send(notification('https://nobody.invalid/'));
    expect(sent).toEqual({ unreachable: 'name_not_found' });
  });

  it('where nobody listens counts as unreachable', async () => {
    const gone = await NotificationEndpoint.start();
    await gone.close();
    expect(await onLoopback.send(notification(gone.url))).toEqual({ unreachable: 'connection_failed' });
  });
});

describe('an endpoint that is trusted', () => {
  beforeAll(() => setDefaultCACertificates([client.cert]));

  it('that takes longer than five seconds counts as unreachable', async () => {
    client.behave('hang');
    expect(await onLoopback.send(notification(client.url))).toEqual({ unreachable: 'timeout' });
  }, 15_000);

  it('that hangs up counts as unreachable', async () => {
    client.behave('drop');
    expect(await onLoopback.send(notification(client.url))).toEqual({ unreachable: 'connection_failed' });
  });

  it.each([200, 204, 302, 401, 500])('that answers %i has answered', async (status) => {
    client.behave(status);
    expect(await onLoopback.send(notification(client.url))).toEqual({ status });
  });

  it('whose answer never ends has answered', async () => {
    client.behave('endless');
    expect(await onLoopback.send(notification(client.url))).toEqual({ status: 200 });
  });
});
