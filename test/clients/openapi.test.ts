import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Exchange } from '../../local/runtime/gateway.ts';
import { walkEveryPath } from '../infra/support/tour.ts';
import { root } from '../support/code-blocks.ts';
import { NotificationEndpoint } from '../support/notification-endpoint.ts';
import { changedCalls } from '../support/openapi/changed-calls.ts';
import { OPENAPI_FILE, openApiFile } from '../support/openapi/document.ts';
import { withoutIgnored } from '../support/openapi/judged-traffic.ts';
import { type Recorded, recordedFrom } from '../support/openapi/traffic.ts';
import { ApiValidator } from '../support/openapi/validation.ts';
import { World } from '../support/world.ts';
import { installRequirements, languageOf } from './support/languages.ts';

// docs/openapi.json, judged by openapi-core: a validator that others wrote, from finding the operation to the last
// header. It sees a walk of clients, phones and operators over every path of the functions.

const run = promisify(execFile);
const lacking = await languageOf('judge.py').lacks();
if (lacking !== undefined && process.env['CI'] === 'true')
  throw new Error(`openapi-core needs ${lacking}, and CI=true allows no skip`);
if (lacking !== undefined) console.warn(`NOT RUN: openapi-core, because this machine lacks ${lacking}`);

type Found = { readonly line: number; readonly call: string; readonly wrong: string } | { readonly calls: number };

/** Lets openapi-core judge calls. Returns what it has against each that it refuses, by its number from 1. */
async function judged(calls: readonly Recorded[]): Promise<ReadonlyMap<number, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'ciba-openapi-'));
  try {
    const file = join(folder, 'calls.ndjson');
    writeFileSync(file, calls.map((call) => `${JSON.stringify(call)}\n`).join(''), { mode: 0o600 });
    const installed = await installRequirements('openapi');
    const python = join(installed, 'venv/bin/python');
    const args = [join(installed, 'judge.py'), join(root, OPENAPI_FILE), file];
    const { stdout } = await run(python, args, { maxBuffer: 2 ** 28 });
    const found = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Found);
    expect(found.at(-1)).toEqual({ calls: calls.length });
    return new Map(found.flatMap((one) => ('line' in one ? [[one.line, `${one.call}: ${one.wrong}`] as const] : [])));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Of a form openapi-core reads only the parameters that the document has, and drops all others before it judges, as the
 * provider does. That the document has no others is shown by Ajv (test/support/openapi/judged-traffic.ts).
 */
function isDropped(what: string, { requestHeaders }: Recorded): boolean {
  const isForm = requestHeaders['content-type']?.startsWith('application/x-www-form-urlencoded') ?? false;
  return isForm && / request with (a member more|\w+ renamed)$/.test(what);
}

describe.skipIf(lacking !== undefined)('docs/openapi.json by openapi-core', () => {
  const validator = new ApiValidator(JSON.parse(openApiFile()));
  let calls: readonly Recorded[];
  beforeAll(async () => {
    const walked: Exchange[] = [];
    const endpoint = await NotificationEndpoint.start();
    const world = await World.start({
      // The walk waits for messages in queues, and meets a limit on purpose.
      clock: 'running',
      variables: { REQUEST_LIMITS: '{"oneOpenRequest":"on","messageWhileOpen":"on","expiryLimit":1900}' },
      trustedCertificates: [endpoint.cert],
      onEvent: () => undefined,
      onExchange: (exchange) => walked.push(exchange),
    });
    await walkEveryPath(world, endpoint);
    await world.close();
    await endpoint.close();
    calls = walked.map(recordedFrom).map((call) => (call.status < 300 ? withoutIgnored(call, validator) : call));
  });

  it('describes every call that succeeds, and every answer', async () => {
    const refused = await judged(calls);
    expect([...refused.values()]).toEqual([]);
    expect(calls.length).toBeGreaterThan(100);
  });

  it('describes none of them after a member was taken out, renamed or added, or has another type', async () => {
    const changed = changedCalls(validator, calls).filter(({ what, call }) => !isDropped(what, call));
    const refused = await judged(changed.map(({ call }) => call));
    const accepted = changed.filter((_, index) => !refused.has(index + 1));
    expect(accepted.map(({ what }) => what)).toEqual([]);
    expect(changed.length).toBeGreaterThan(500);
    console.log(`openapi-core accepts ${calls.length} calls, and refuses ${changed.length} changed ones`);
  });
});
