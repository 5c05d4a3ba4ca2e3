import { command } from '../command-line/command.ts';
import { WrongUsage } from '../command-line/failure.ts';
import { readSecretWord, readWholeNumber } from '../command-line/option-reading.ts';
import { endProgress } from '../command-line/progress.ts';
import { sayStep } from '../command-line/steps.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { Listening } from '../listening/listener.ts';

/** `ciba listen` */
export const listen = command({
  name: 'listen',
  about: 'Is the notification endpoint of a client on this machine: prints each ping and each push, and forwards it.',
  notes:
    'It listens on https://localhost:8443/ with a certificate that it makes, and asks the local provider to trust it until that ends. A deployment calls public https addresses only: put one in front, such as a tunnel with a certificate of its own. Pushed tokens are verified: signatures, iss, exp, at_hash, and that the ID token names the request. An application gets calls as they came, and its status goes back to the provider; without one, tokens that do not hold are answered 400, and everything else 204. Lines have the request id, and neither the auth_req_id nor a token. Ctrl-C ends it.',
  arguments: [],
  options: {
    port: { kind: 'text', value: 'N', about: 'The port. Default: 8443. 0 takes a free one.' },
    forward: {
      kind: 'text',
      value: 'URL',
      about: 'The application on this machine that gets each ping and each push.',
    },
    token: {
      kind: 'text',
      value: 'TOKEN',
      about:
        'The client_notification_token that must come; - reads it from standard input. Without it every token is taken.',
    },
    count: { kind: 'text', value: 'N', about: 'End after so many calls.' },
  },
  examples: [
    'ciba listen',
    'ciba listen --forward http://localhost:8080/ping',
    'ciba listen --port 9443 --count 1 --json',
  ],
  async run({ deployment, options }) {
    const { listenForCalls } = await import('../listening/listener.ts');
    const { forward, readForward, RowQueue, rowOf } = await import('../listening/received-rows.ts');
    const { checkPush } = await import('../listening/push-check.ts');
    const to = options.forward === undefined ? undefined : readForward(options.forward);
    const enough = options.count === undefined ? Number.POSITIVE_INFINITY : readWholeNumber([options.count], '--count');
    const token = options.token === undefined ? undefined : readSecretWord(options.token);
    const rows = new RowQueue();
    const listening = await listenForCalls(readPort(options.port ?? '8443', '--port'), token, async (received) => {
      const isForwarded = received.kind === 'ping' || received.kind === 'push';
      const forwarding = to !== undefined && isForwarded ? forward(to, received) : undefined;
      const [checked, forwarded] = await Promise.all([checkPush(deployment, received), forwarding]);
      rows.add(rowOf(received, { checked, forwarded }));
      if (forwarded === undefined) return checked?.holds === false ? 400 : 204;
      return 'status' in forwarded ? forwarded.status : 502;
    });
    const over = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => over.abort());
    endProgress();
    await introduce(deployment, listening);
    return { rows: closing(rows.until(over.signal, enough), listening) };
  },
});

async function* closing<Row, End>(rows: AsyncGenerator<Row, End>, listening: Listening): AsyncGenerator<Row, End> {
  try {
    return yield* rows;
  } finally {
    listening.close();
  }
}

/** Reads a port number. `option` is the name of the option with its dashes. */
export function readPort(typed: string, option: string): number {
  const port = readWholeNumber([typed], option);
  if (port > 65_535) throw new WrongUsage('A port is a number from 0 to 65535');
  return port;
}

async function introduce(deployment: Deployment, listening: Listening): Promise<void> {
  const { trustLocally } = await import('../listening/listener.ts');
  sayStep(`Listening on ${listening.url}`);
  const isTrusted = await trustLocally(deployment, listening).catch(() => false);
  if (isTrusted)
    sayStep(`${deployment.origin} trusts its certificate until it ends. Register the address with the client:`);
  else if (deployment.isLocal)
    sayStep(`No local provider at ${deployment.origin} trusts its certificate: start ciba up, then start this again.`);
  else
    sayStep(
      `${deployment.origin} cannot reach this address: put a public https address in front, and register that one:`,
    );
  const address = deployment.isLocal ? listening.url : 'https://your-public-address/';
  const registration = '--backchannel-token-delivery-mode ping --backchannel-client-notification-endpoint';
  sayStep(`  ciba client update CLIENT ${registration} ${address}`);
  sayStep('A client in push mode has push in the place of ping.');
}
