import type { ClientView } from '../../provider/core/client/client-view.ts';
import { LONGEST_OVERLAP_SECONDS, SHORTEST_OVERLAP_SECONDS } from '../../provider/core/client/secrets.ts';
import { type Command, command } from '../command-line/command.ts';
import { bodyOf } from '../command-line/command-line.ts';
import { Refused, WrongUsage } from '../command-line/failure.ts';
import { readDuration } from '../command-line/option-reading.ts';
import { instant, plainLine, quoted } from '../command-line/text-layout.ts';
import type { AdminApi, Answer } from '../deployment/admin-api.ts';
import { CLIENT_ARGUMENT, clientOutput } from './client-output.ts';

const DEFAULT_OVERLAP = '24h';
const LONGEST_OVERLAP_DAYS = LONGEST_OVERLAP_SECONDS / 86_400;

const newSecret = command({
  name: 'new-secret',
  about: 'Makes a new secret for a client and prints it once. The old secret stops working within a minute.',
  notes: 'Use it when a secret leaked. To change a secret without an outage, use rotate-secret.',
  arguments: [CLIENT_ARGUMENT],
  options: {},
  cannotBeUndone: 'ends all secrets that the client has',
  examples: ['ciba client new-secret bank', 'ciba client new-secret bank --yes'],
  async run({ api, argument, confirm }) {
    await confirm(
      () =>
        `Make a new secret for the client ${quoted(argument.client_id)}? The old one stops working within a minute.`,
    );
    const answer = await changeSecret(api, argument.client_id, { new_secret: true });
    return clientOutput('New secret made. The old one stops working within a minute.', answer);
  },
});

const rotateSecret = command({
  name: 'rotate-secret',
  about: 'Makes a new secret for a client and prints it once. The old secret works until the end of the overlap.',
  notes: `The new secret works at once. Give it to every instance of the client before the old one ends. A client has two secrets at most: while an old one works, end it with end-old-secret before you rotate again. If you never saw the new secret, for example because the connection broke, use --again. A client with keys (private_key_jwt) has no secret: the command says how to change its keys.`,
  arguments: [CLIENT_ARGUMENT],
  options: {
    overlap: {
      kind: 'text',
      value: 'DURATION',
      member: 'old_secret_expires_in',
      read: readDuration,
      about: `How long the old secret works beside the new one, for example 30m, 24h or 7d; at least ${SHORTEST_OVERLAP_SECONDS}s, at most ${LONGEST_OVERLAP_DAYS}d. Default: ${DEFAULT_OVERLAP}.`,
    },
    again: {
      kind: 'flag',
      about:
        'Replaces the newest secret, which stops working within a minute. The old one keeps its end. Only for a secret that no instance of the client has.',
    },
  },
  examples: [
    'ciba client rotate-secret bank',
    'ciba client rotate-secret bank --overlap 7d',
    'ciba client rotate-secret bank --again',
  ],
  async run({ api, argument, options }) {
    if (options.again) {
      if (options.overlap !== undefined) throw new WrongUsage('--again keeps the end: leave --overlap out');
      const body = { new_secret: true, keep_old_secret: true };
      const again = await changeSecret(api, argument.client_id, body);
      return clientOutput(`New secret made again. ${endOf(again.body)}`, again, afterRotation(again.body));
    }
    const overlap = bodyOf(this.options, { overlap: DEFAULT_OVERLAP, ...options });
    const seconds = Number(overlap['old_secret_expires_in']);
    if (seconds < SHORTEST_OVERLAP_SECONDS)
      throw new WrongUsage(
        `--overlap is too short: give at least ${SHORTEST_OVERLAP_SECONDS}s. To end the old secret now, use new-secret`,
      );
    if (seconds > LONGEST_OVERLAP_SECONDS)
      throw new WrongUsage(`--overlap is too long: give at most ${LONGEST_OVERLAP_DAYS}d`);
    const answer = await changeSecret(api, argument.client_id, { new_secret: true, ...overlap });
    return clientOutput(`New secret made. ${endOf(answer.body)}`, answer, afterRotation(answer.body));
  },
});

const endOldSecret = command({
  name: 'end-old-secret',
  about: 'Ends the old secret of a client before its time. It stops working within a minute.',
  notes: 'Use it when every instance of the client has the new secret, or when the old one leaked.',
  arguments: [CLIENT_ARGUMENT],
  options: {},
  cannotBeUndone: 'ends the old secret of the client',
  examples: ['ciba client end-old-secret bank', 'ciba client end-old-secret bank --yes'],
  async run({ api, argument, confirm }) {
    await confirm(
      () => `End the old secret of the client ${quoted(argument.client_id)}? Whoever still uses it is locked out.`,
    );
    const answer = await changeSecret(api, argument.client_id, { old_secret_expires_in: 0 });
    return clientOutput('Old secret ended. It stops working within a minute.', answer);
  },
});

/** The commands that change the secrets of a client. */
export const clientSecretCommands: readonly Command[] = [rotateSecret, endOldSecret, newSecret];

/** Changes the secret of a client. A client with keys has none, and is told how its keys change. */
async function changeSecret(
  api: AdminApi,
  clientId: string,
  body: Readonly<Record<string, unknown>>,
): Promise<Answer<ClientView>> {
  const call = { parameters: { client_id: clientId }, body };
  return api.call('PATCH /admin/clients/{client_id}', call).catch((error: unknown) => {
    const hasKeys = error instanceof Refused && error.message.includes('a private_key_jwt client has no secret');
    if (!hasKeys) throw error;
    throw new Refused(
      `The client ${quoted(clientId)} has no secret: it authenticates with a key (private_key_jwt).`,
      `To change its key without an outage: make a new key pair, register the old and the new public key together (ciba client update ${plainLine(clientId)} --jwks FILE, with a JWK Set), give the new private key to every instance, then register the new public key alone.`,
      error.code,
    );
  });
}

/** Says what to do with a new secret, in order. */
function afterRotation({ client_id: id }: ClientView): string {
  return `Next: give it to every instance of the client, try it (ciba client test ${id} --secret-file FILE), and end the old one when nobody uses it any more (ciba client end-old-secret ${id}).`;
}

/** Says when the old secret ends. It may have ended already: no overlap goes beyond the end that a secret had. */
function endOf({ old_secret_expires_at: end = 0 }: ClientView): string {
  return end * 1000 <= Date.now() ? 'The old one has ended.' : `The old one works until ${instant(end)}.`;
}
