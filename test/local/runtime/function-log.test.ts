import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DemoWorld } from '../../../local/demo/demo-world.ts';
import { createLocalRoutes } from '../../../local/demo/local-routes.ts';
import { FunctionLog } from '../../../local/runtime/function-log.ts';
import { World } from '../../support/world.ts';

describe('the lines of the functions that the runtime keeps', () => {
  it('are the last so many, and of long lines fewer', () => {
    const log = new FunctionLog(100);
    for (let line = 1; line <= 10_000; line += 1) log.add('token', `line ${line}`);
    expect(log.from({})).toHaveLength(100);
    expect(log.from({}).at(-1)?.line).toBe('line 10000');
    for (let line = 1; line <= 100; line += 1) log.add('token', 'x'.repeat(1024 * 1024));
    expect(log.from({}).length).toBeLessThanOrEqual(8);
  });

  it('are 5,000 where more are wanted', () => {
    const log = new FunctionLog(1_000_000);
    for (let line = 1; line <= 6_000; line += 1) log.add('token', `line ${line}`);
    expect(log.from({})).toHaveLength(5_000);
  });

  it('follow after one that is known; of another run only the instant counts', () => {
    const log = new FunctionLog();
    log.add('token', 'first');
    log.add('device', 'second');
    const [first] = log.from({});
    expect(log.from({ run: first?.run, after: first?.number }).map(({ line }) => line)).toEqual(['second']);
    expect(log.from({ run: 'another', after: 1 }).map(({ line }) => line)).toEqual(['first', 'second']);
    expect(log.from({ run: 'another', after: 1, since: Date.now() + 1000 })).toEqual([]);
  });

  it('are told to who listens, until they stop', () => {
    const log = new FunctionLog();
    const told: string[] = [];
    const stop = log.listen(({ line }) => told.push(line));
    log.add('token', 'heard');
    log.add('token', '');
    stop();
    log.add('token', 'unheard');
    expect(told).toEqual(['heard']);
  });
});

describe('GET /local/log', () => {
  let world: World;
  beforeAll(async () => {
    world = await World.start();
    world.runtime.gateway.localRoutes = createLocalRoutes(new DemoWorld(world.runtime), world.runtime);
  });
  afterAll(() => world?.close());

  it('sends what is kept, each line with its function', async () => {
    await world.line(await world.post('/token', undefined, { grant_type: 'x' }));
    const response = await fetch(`${world.runtime.url}/local/log`);
    const lines = (await response.text()).trimEnd().split('\n');
    const last = JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown>;
    expect(response.headers.get('content-type')).toBe('application/x-ndjson');
    expect(last['function']).toBe('token');
    expect(world.logs).toContain(last['line']);
  });

  it.each([
    ['another Host', { host: 'rebound.example.com' }],
    ['a foreign Origin', { origin: 'https://evil.example.com' }],
  ])('refuses a caller with %s, as every local route does', async (_, headers) => {
    const status = await new Promise((resolve, reject) => {
      request(`${world.runtime.url}/local/log?follow=true`, { headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(403);
  });
});
