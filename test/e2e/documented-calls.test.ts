import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DemoWorld } from '../../local/demo/demo-world.ts';
import { createLocalRoutes } from '../../local/demo/local-routes.ts';
import type { Phone } from '../../local/demo/phone.ts';
import { demoSeed } from '../../local/demo/seed-file.ts';
import { RESEND_PAUSE_SECONDS } from '../../provider/core/asking/resend.ts';
import { type CodeBlock, codeBlocksIn, sectionAfter } from '../support/code-blocks.ts';
import { hasCurl } from '../support/engines.ts';
import { sendAnswer } from '../support/signed-answer.ts';
import { World } from '../support/world.ts';

// The curl commands of the pages run as they stand there, against a provider as `npm start` runs it, and yield what the
// pages promise. Only the port is another.

const run = promisify(execFile);
let world: World;

beforeAll(async () => {
  world = await World.start({ variables: { REQUEST_LIMITS: '{"perUser":"off"}' } });
  const demo = new DemoWorld(world.runtime);
  world.runtime.gateway.localRoutes = createLocalRoutes(demo, world.runtime);
  await demo.createFrom(demoSeed);
});
afterAll(() => world?.close());

/** What a script of the pages prints. */
async function printedBy(script: string): Promise<string> {
  const PATH = `${dirname(process.execPath)}:${process.env['PATH']}`;
  const own = script.replaceAll('localhost:3000', new URL(world.runtime.url).host);
  return (await run('bash', ['--norc', '-c', own], { env: { PATH } })).stdout;
}

/** A phone reports a request of the client `harbor-bank` as fraud. */
async function report(phone: Phone): Promise<void> {
  const { sub } = phone.identity;
  const client = await world.client({ client_id: 'harbor-bank', client_name: 'A client to report' });
  const sub_id = JSON.stringify({ format: 'iss_sub', iss: world.issuer, sub });
  const { requestId } = await world.asked(client, { login_hint: sub_id });
  const { bytes } = await phone.read(requestId);
  await sendAnswer(world, phone, { requestId, bytes, claims: { decision: 'deny', reason: 'fraud' } });
}

/** A client asks the user of this phone, and has the phone rung again. */
async function ringTwice(phone: Phone): Promise<void> {
  const client = await world.client({ client_name: 'A client that rings twice' });
  const sub_id = JSON.stringify({ format: 'iss_sub', iss: world.issuer, sub: phone.identity.sub });
  const { authReqId } = await world.asked(client, { login_hint: sub_id });
  world.runtime.advance(RESEND_PAUSE_SECONDS);
  expect((await world.post('/bc-authorize/resend', client, { auth_req_id: authReqId })).status).toBe(200);
}

/** Each JSON answer that a comment of the script shows, as a pattern: `…` stands for what may be there. */
const promisedBy = (script: string): readonly RegExp[] =>
  [...script.matchAll(/# (\{.*\})/g)].map(([, shown = '']) => {
    const pattern = shown.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
    return new RegExp(`^${pattern.replaceAll(/"[^"]*…"/g, '"[^"]+"').replaceAll(/ ?…/g, '.*')}$`);
  });

describe.skipIf(!hasCurl())('README.md', () => {
  const [walk] = codeBlocksIn('README.md', 'sh').filter(({ text }) => text.includes('/bc-authorize'));

  it('logs in with curl as its comments say: pending, too early, tokens, and once', async () => {
    const { text } = walk as CodeBlock;
    const lines = (await printedBy(text)).trim().split('\n');
    expect(lines.map((line) => Object.keys(JSON.parse(line))[0])).toEqual([
      'auth_req_id',
      'error',
      'error',
      'decision',
      'access_token',
      'error',
    ]);
    for (const [index, promised] of promisedBy(text).entries()) expect(lines[index]).toMatch(promised);
    expect(promisedBy(text)).toHaveLength(lines.length);
  });
});

describe.skipIf(!hasCurl())('docs/admin-api.md', () => {
  const calls = codeBlocksIn('docs/admin-api.md', 'sh');
  /** What takes something away comes last, and what belongs to another goes before it. Then the rest is erased. */
  const isRemoval = ({ text }: CodeBlock) => text.includes('-X DELETE');
  const isErasure = ({ text }: CodeBlock) => text.includes('/erase');
  const others = calls.filter((call) => !isRemoval(call) && !isErasure(call));
  /** The level is read after it was set. */
  const isLevel = ({ text }: CodeBlock) => text.trim().endsWith('/admin/log-level');
  /** Nobody could ask any more. */
  const isUserCode = ({ text }: CodeBlock) => text.includes('/user-code');
  const isRequests = ({ text }: CodeBlock) => text.includes('/requests');
  const inOrder = [
    ...others.filter((call) => !isLevel(call) && !isUserCode(call)),
    ...others.filter(isLevel),
    ...others.filter(isUserCode),
    ...calls.filter(isRemoval).reverse(),
    ...calls.filter(isErasure),
  ];
  const isOfBlocks = ({ text }: CodeBlock) => text.includes('/blocks');
  let phone: Phone | undefined;

  it.each(inOrder.map((call) => [`line ${call.line}`, call] as const))('%s answers as it says', async (_, call) => {
    if (isOfBlocks(call) && !isRemoval(call) && phone) await report(phone);
    if (isRequests(call) && phone) await ringTwice(phone);
    const wrapped = `curl() { command curl -s -w '\\n%{http_code}\\n' "$@"; }\n${call.text}`;
    const lines = (await printedBy(wrapped.replaceAll(EXAMPLE_DEVICE, phone?.identity.deviceId ?? '')))
      .trim()
      .split('\n');
    const statuses = lines.filter((line) => /^\d{3}$/.test(line));
    const after = sectionAfter(call);
    expect(statuses).not.toEqual([]);
    expect(statuses).toEqual(statuses.map(() => /^\s*(\d{3})\b/.exec(after)?.[1]));
    const shown = answerIn(after);
    if (shown !== undefined) expect(shapeOf(JSON.parse(lines[0] ?? ''))).toEqual(shapeOf(JSON.parse(shown)));
    if (call.text.includes('"sub": "crm-4711"')) phone = await world.phone('crm-4711');
  });

  it('shows eleven whole answers, and each is compared', () => {
    expect(calls.filter((call) => answerIn(sectionAfter(call)) !== undefined)).toHaveLength(11);
  });
});

/** The JSON answer that the text after a call shows. */
function answerIn(after: string): string | undefined {
  return /(?<=```json\n)[\s\S]*?(?=```)|(?<=^\s*\d{3}: `)\{[^`…]*\}(?=`)/.exec(after)?.[0];
}

/** The device that the page shows. */
const EXAMPLE_DEVICE = '3q2-7wAAAAAAAAAAAAAAAA';

/** Names and types, without values: two answers of one kind have the same. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, shapeOf(member)]));
}
