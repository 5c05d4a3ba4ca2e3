import { describe, expect, it } from 'vitest';
import { runLoad } from '../../bench/load/load.ts';

describe('the load test of bench/load, small', () => {
  it('loses nothing and does nothing twice with 300 logins, throttles and a kill, and the trail matches the tables', async () => {
    const options = { logins: 300, atOnce: 60, throttledPercent: 1, kills: 1, minutes: 10 };
    const { findings, figures } = await runLoad(options, () => undefined);
    expect(findings).toEqual([]);
    expect(figures['kills']).toBe(1);
    expect(figures['ended with access_denied']).toBe(60);
    expect(figures['ended with expired_token']).toBe(15);
    expect(figures['requests redeemed']).toBe(225);
    expect(figures['throttled calls to dynamodb']).toBeGreaterThan(0);
    expect(figures['retries of the SDK']).toBeGreaterThan(0);
    expect(figures['pings that found no client']).toBeGreaterThan(0);
  });
});
