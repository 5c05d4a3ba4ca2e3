import { describe, expect, it } from 'vitest';
import { deviceCallFrom } from '../../../provider/edge/http/device-call.ts';
import { pathParameter, requestFrom } from '../../../provider/edge/http/request.ts';
import { httpEvent } from './given.ts';

const call = (authorization?: string) =>
  deviceCallFrom(
    requestFrom(
      httpEvent({
        rawPath: '/device/requests',
        headers: authorization === undefined ? {} : { authorization },
        requestContext: { requestId: 'r', http: { method: 'GET' } },
      }),
      () => undefined,
    ),
  );

describe('call of a phone (docs/device-api.md)', () => {
  it('is bound to method and path', () => {
    expect(call('Device a.b.c')).toMatchObject({ assertion: 'a.b.c', method: 'GET', path: '/device/requests' });
  });

  it.each(['device a.b.c', 'DEVICE  a.b.c '])('reads the scheme in any case: "%s"', (authorization) => {
    expect(call(authorization).assertion).toBe('a.b.c');
  });

  it.each([
    undefined,
    '',
    'Device',
    'Device ',
    'Bearer a.b.c',
    'a.b.c',
    'Device a.b.c,Device d.e.f',
    'Device a b',
    'Device a=b',
    'XDevice a.b.c',
  ])('has no assertion with the header "%s"', (authorization) => {
    expect(call(authorization).assertion).toBeUndefined();
  });
});

describe('path parameter', () => {
  const request = requestFrom(httpEvent({ pathParameters: { device_id: 'device-1' } }), () => undefined);

  it('is the one that the route guarantees', () => {
    expect(pathParameter(request, 'device_id')).toBe('device-1');
  });

  it('is a fault when the route has none: never an empty id', () => {
    expect(() => pathParameter(request, 'request_id')).toThrow('the route has no path parameter request_id');
  });
});
