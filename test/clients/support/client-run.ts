import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import type { Phone } from '../../../local/demo/phone.ts';
import { PATIENCE_MILLISECONDS } from '../../support/patience.ts';
import type { TestClient } from '../../support/world.ts';
import type { Command } from './languages.ts';
import type { ProviderOverTls } from './provider-over-tls.ts';

/** How a program ended, and what it printed. */
export type Ended = { readonly code: number | null; readonly out: string; readonly err: string };
/** A program that asks for a user of its own. */
export type ClientRun = {
  readonly phone: Phone;
  /** Waits until the request is on the phone, and returns its id. */
  asked(): Promise<string>;
  /** Waits until a poll was answered with `authorization_pending`. */
  polled(): Promise<void>;
  readonly ended: Promise<Ended>;
};

const running = new Set<ChildProcess>();

/** Ends the programs that still run, because a test has failed. */
export function endPrograms(): void {
  for (const child of running) child.kill('SIGKILL');
}

/** Starts a program with what it reads from its environment. Its user is new, and is called Ana Lindqvist. */
export async function runClient(
  { world, endpoint }: ProviderOverTls,
  command: Command,
  { client, env = {} }: { readonly client: TestClient; readonly env?: Readonly<Record<string, string>> },
): Promise<ClientRun> {
  const { sub, email, phone } = await world.person({ name: 'Ana Lindqvist' });
  const child = spawn(command.program, command.args, {
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      ISSUER: world.issuer,
      CLIENT_ID: client.client_id,
      CLIENT_SECRET: client.client_secret,
      LOGIN_HINT: email,
      SUB: sub,
      ...endpoint,
      ...command.env,
      ...env,
    },
  });
  running.add(child);
  const printed = { out: '', err: '' };
  child.stdout.on('data', (chunk) => (printed.out += chunk));
  child.stderr.on('data', (chunk) => (printed.err += chunk));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      running.delete(child);
      resolve({ code, ...printed });
    });
  });
  return {
    phone,
    ended,
    asked: () =>
      until(async () => {
        const [waiting] = await phone.list();
        if (!waiting && child.exitCode !== null)
          throw new Error(`it ended before it asked: ${printed.out}${printed.err}`);
        return waiting?.request_id;
      }, 'no request came to the phone'),
    polled: async () => {
      const isPending = (line: string) =>
        line.includes(`"client_id":"${client.client_id}"`) && line.includes('"authorization_pending"');
      await until(async () => world.logs.find(isPending), 'no poll was answered with authorization_pending');
    },
  };
}

/** Looks again and again until there is something. `expect.poll` can't be used in tests that run at the same time. */
async function until<T>(look: () => Promise<T | undefined>, otherwise: string): Promise<T> {
  const givenUpAt = performance.now() + PATIENCE_MILLISECONDS;
  while (performance.now() < givenUpAt) {
    const found = await look();
    if (found !== undefined) return found;
    await pause(200);
  }
  throw new Error(otherwise);
}
