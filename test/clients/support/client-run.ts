import type { Phone } from '../../../local/demo/phone.ts';
import type { TestClient } from '../../support/world.ts';
import type { Command } from './languages.ts';
import { type Ended, runProgram } from './program-run.ts';
import type { ProviderOverTls } from './provider-over-tls.ts';
import { until } from './until.ts';

/** A program that asks for a user of its own. */
export type ClientRun = {
  readonly phone: Phone;
  /** Waits until the request is on the phone, and returns its id. */
  asked(): Promise<string>;
  /** Waits until a poll was answered with `authorization_pending`. */
  polled(): Promise<void>;
  readonly ended: Promise<Ended>;
};

/** Starts a program with what it reads from its environment. Its user is new, and is called Ana Lindqvist. */
export async function runClient(
  { world, endpoint }: ProviderOverTls,
  command: Command,
  { client, env = {} }: { readonly client: TestClient; readonly env?: Readonly<Record<string, string>> },
): Promise<ClientRun> {
  const { sub, email, phone } = await world.person({ name: 'Ana Lindqvist' });
  const { ended, printed, hasEnded } = runProgram(command, {
    ISSUER: world.issuer,
    CLIENT_ID: client.client_id,
    CLIENT_SECRET: client.client_secret,
    LOGIN_HINT: email,
    SUB: sub,
    ...endpoint,
    ...env,
  });
  return {
    phone,
    ended,
    asked: () =>
      until(async () => {
        const [waiting] = await phone.list();
        if (!waiting && hasEnded()) throw new Error(`it ended before it asked: ${printed().out}${printed().err}`);
        return waiting?.request_id;
      }, 'no request came to the phone'),
    polled: async () => {
      const isPending = (line: string) =>
        line.includes(`"client_id":"${client.client_id}"`) && line.includes('"authorization_pending"');
      await until(async () => world.logs.find(isPending), 'no poll was answered with authorization_pending');
    },
  };
}
