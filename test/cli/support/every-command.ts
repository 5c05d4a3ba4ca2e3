import { createServer, type Server } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect } from 'vitest';
import type { Runtime } from '../../../local/runtime/runtime.ts';
import { NAMED } from '../../support/json-shapes/named-shapes.ts';
import { Comparison, type Shape } from '../../support/json-shapes/shape.ts';
import { PRINTED, type Printed } from '../../support/json-shapes/shapes.ts';
import type { Outcome } from './ciba-process.ts';
import { type RunningCiba, startCiba } from './ciba-running.ts';

type Setting = {
  /** The exit codes that are right. Default: 0. */
  readonly codes?: readonly number[];
  /** What standard input holds. Without it, standard input stays open and silent: whoever reads it waits. */
  readonly input?: string;
  readonly env?: Record<string, string>;
  /** For a command that runs until it is ended: what it has said by then. */
  readonly until?: RegExp;
};
type Checked = { readonly codes?: readonly (number | null)[]; readonly args?: readonly string[] };

/**
 * Runs commands as a script does: with `--json`, without a terminal, and with a standard input in which nothing comes.
 * Each output is compared with the shape that docs/cli.md has of it.
 */
export class EveryCommand {
  /** The commands that ran, by their words. */
  readonly ran = new Set<string>();
  /** The documented members that were there. */
  readonly seen = new Set<string>();
  readonly #env: Record<string, string>;

  constructor(env: Record<string, string>) {
    this.#env = env;
  }

  start(words: string, args: readonly string[], { input, env = {} }: Setting = {}): RunningCiba {
    this.ran.add(words);
    const all = [...words.split(' '), ...args, '--json'];
    return startCiba(all, { env: { ...this.#env, ...env }, ...(input !== undefined && { input }) });
  }

  /** Runs a command to its end, and returns what it printed. */
  async run<Body = Record<string, string>>(
    words: string,
    args: readonly string[],
    setting: Setting = {},
  ): Promise<Body> {
    const running = this.start(words, args, setting);
    if (setting.until) {
      await running.said(setting.until);
      running.kill('SIGTERM');
    }
    return this.check<Body>(words, await running.ended, { ...setting, args });
  }

  /** Compares what a command printed with its shape. Returns the document, or the first line. */
  check<Body = Record<string, string>>(
    words: string,
    { code, stdout, stderr }: Outcome,
    { codes = [0], args = [] }: Checked = {},
  ): Body {
    const printed = PRINTED[words];
    const told = `ciba ${words}: exit code ${code}\n${stdout}\n${stderr}`;
    if (!printed) throw new Error(`no shape is documented for ciba ${words}`);
    expect(codes, told).toContain(code);
    const lines = stdout === '' ? [] : stdout.trimEnd().split('\n');
    if ('nothing' in printed) expect(lines, told).toEqual([]);
    const shape = shapeFor(printed, args);
    const comparison = new Comparison(NAMED, this.seen);
    const bodies =
      words === 'up' || stdout === ''
        ? []
        : ('json' in printed ? [stdout] : lines).map((line): unknown => JSON.parse(line));
    for (const body of bodies) comparison.compare(body, shape, { at: words, where: words });
    expect(comparison.wrong, told).toEqual([]);
    return bodies[0] as Body;
  }
}

function shapeFor(printed: Printed, args: readonly string[]): Shape {
  if ('lines' in printed) return printed.lines;
  if ('nothing' in printed) return 'anything';
  return printed.with && args.includes(printed.with.option) ? printed.with.json : printed.json;
}

/** The Invoke call of AWS Lambda, over the functions of the local runtime. It has one that they lack. */
export async function startLambda(runtime: Runtime): Promise<{ readonly server: Server; readonly url: string }> {
  const server = createServer(async (request, response) => {
    const payload: unknown = JSON.parse(await text(request));
    const applications = { APNS: { ok: true, arn: 'arn:apns' }, APNS_SANDBOX: { ok: true, arn: 'arn:sandbox' } };
    const answer = request.url?.includes('platform-application')
      ? { ...applications, GCM: { ok: false, why: 'the secret is no JSON' } }
      : await runtime.host.invoke('signing-keys', payload);
    response.end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** Calls a notification endpoint, whatever its certificate. */
export function notify(url: string, members: object = {}): Promise<void> {
  const headers = { authorization: 'Bearer t', 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const sent = httpsRequest(url, { method: 'POST', headers, rejectUnauthorized: false }, (response) => {
      response.resume().on('end', resolve);
    });
    sent.on('error', reject).end(JSON.stringify({ auth_req_id: 'r', ...members }));
  });
}
