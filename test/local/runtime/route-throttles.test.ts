import { describe, expect, it } from 'vitest';
import { functionNames, functions } from '../../../infra/functions/deployed-functions.ts';
import { RouteThrottles } from '../../../local/runtime/route-throttles.ts';
import type { FunctionSpec } from '../../../provider/core/operating/function-spec.ts';

let now = 0;
const throttles = (settings = {}) => new RouteThrottles(settings, () => now);
const taken = (of: RouteThrottles, route: string, calls: number) =>
  Array.from({ length: calls }, () => of.take(route)).filter(Boolean).length;

describe('the throttles of the local gateway', () => {
  it('are those of the functions: each route lets its burst through at once, and then its rate a second', () => {
    const specs: readonly FunctionSpec[] = functionNames.map((name) => functions[name]);
    for (const { routes, throttle } of specs.filter((spec) => spec.routes.length > 0)) {
      for (const route of routes) {
        const gateway = throttles();
        expect(taken(gateway, route, 5000)).toBe(throttle?.burst);
        now += 1000;
        expect(taken(gateway, route, 5000)).toBe(throttle?.rate);
      }
    }
  });

  it('never hold more than the burst, however long nobody called', () => {
    const gateway = throttles({ token: { rate: 10, burst: 20 } });
    now += 3_600_000;
    expect(taken(gateway, 'POST /token', 50)).toBe(20);
  });

  it('let a call through as soon as there is a whole one: at 10 a second after 100 milliseconds', () => {
    const gateway = throttles({ token: { rate: 10, burst: 10 } });
    expect(taken(gateway, 'POST /token', 10)).toBe(10);
    now += 99;
    expect(gateway.take('POST /token')).toBe(false);
    now += 1;
    expect(gateway.take('POST /token')).toBe(true);
    expect(gateway.take('POST /token')).toBe(false);
  });

  it('count each route on its own, so that junk at one leaves the others alone', () => {
    const gateway = throttles({ token: { rate: 1, burst: 1 }, device: { rate: 1, burst: 1 } });
    expect(taken(gateway, 'POST /token', 3)).toBe(1);
    expect(gateway.take('POST /oauth/token')).toBe(true);
    expect(gateway.take('POST /devices')).toBe(true);
    expect(gateway.take('GET /device/requests')).toBe(true);
    expect(gateway.take('POST /devices')).toBe(false);
  });
});
