import { command, type Noun } from '../command-line/command.ts';
import { bodyOf } from '../command-line/command-line.ts';
import { WrongUsage } from '../command-line/failure.ts';
import { readBody } from '../command-line/option-reading.ts';
import { plainLine, quoted } from '../command-line/text-layout.ts';
import { keyNote, refusedWithKey, withOwnKey } from './client-key.ts';
import { list } from './client-list-command.ts';
import { changeOptions, creationOptions } from './client-options.ts';
import { CLIENT_ARGUMENT, clientOutput, describe } from './client-output.ts';
import { clientSecretCommands } from './client-secret-commands.ts';
import { testClientCommand } from './client-test-command.ts';

/** The option for a registration in a file. */
const fileOption = {
  from: {
    kind: 'text',
    value: 'FILE',
    about: 'JSON file with the registration (- for standard input). Options override its members.',
  },
} as const;

const create = command({
  name: 'create',
  about: 'Registers a client, with a key pair that it makes, with keys of yours, or with a secret.',
  notes:
    'Without --jwks it makes a key pair, writes the private key to a new file that only you can read, and sends the public key alone. With --token-endpoint-auth-method client_secret_basic the provider makes a secret, which is printed once. Each other option sets the member of the same name in RFC 7591, CIBA §4 or docs/admin-api.md.',
  arguments: [],
  options: {
    ...creationOptions,
    ...fileOption,
    'key-file': {
      kind: 'text',
      value: 'FILE',
      about:
        'Where to write the private key (a JWK for ES256) that this command makes. It replaces no file. Default: CLIENT_ID.private.jwk.json in this folder.',
    },
  },
  examples: [
    'ciba client create --client-name "Example Bank" --scope "openid profile"',
    'ciba client create --client-name "Bike rental" --jwks bike.pub.json',
    'ciba client create --client-name "Call centre" --token-endpoint-auth-method client_secret_basic',
    'ciba client create --client-name Agent --scope "openid pay" --scope-description "pay=Pay from your account"',
    'ciba client create --from client.json --json',
  ],
  async run({ api, options }) {
    const registration: Record<string, unknown> = { ...from(options.from), ...bodyOf(this.options, options) };
    if (registration['client_name'] === undefined)
      throw new WrongUsage('--client-name is missing: the phone shows it to the user');
    const { body, keyFile } = withOwnKey(registration, options['key-file']);
    const creating = api.call('POST /admin/clients', { parameters: {}, body });
    if (keyFile === undefined) return clientOutput('Client created.', await creating);
    const answer = await creating.catch((error: unknown) => {
      throw refusedWithKey(error, keyFile);
    });
    return { ...clientOutput('Client created.', answer), notes: [keyNote(keyFile)] };
  },
});

const show = command({
  name: 'show',
  about: 'Shows the registration of a client, without its secret.',
  arguments: [CLIENT_ARGUMENT],
  options: {},
  examples: ['ciba client show bank'],
  async run({ api, argument }) {
    const { json, body } = await api.call('GET /admin/clients/{client_id}', { parameters: argument });
    return { json, text: describe(body) };
  },
});

const update = command({
  name: 'update',
  about: 'Changes the given members of a registration and keeps the others.',
  notes: 'New keys work at once. Other changes take up to a minute, because running functions cache registrations.',
  arguments: [CLIENT_ARGUMENT],
  options: { ...changeOptions, ...fileOption },
  examples: [
    'ciba client update bank --scope "openid profile accounts"',
    'ciba client update bank --audience https://api.example.com --default-audience https://api.example.com',
  ],
  async run({ api, argument, options }) {
    const body: Record<string, unknown> = { ...from(options.from), ...bodyOf(this.options, options) };
    if (Object.keys(body).length === 0) throw new WrongUsage('Nothing to change: give an option');
    const answer = await api.call('PATCH /admin/clients/{client_id}', { parameters: argument, body });
    return clientOutput('Client updated.', answer);
  },
});

const remove = command({
  name: 'delete',
  about: 'Deletes a client. This takes up to a minute, because running functions cache registrations.',
  arguments: [CLIENT_ARGUMENT],
  options: {},
  cannotBeUndone: 'deletes the client',
  examples: ['ciba client delete bank', 'ciba client delete bank --yes'],
  async run({ api, argument, confirm }) {
    await confirm(async () => {
      const { client_id, client_name } = (await api.call('GET /admin/clients/{client_id}', { parameters: argument }))
        .body;
      return `Delete the client ${quoted(client_id)} (${plainLine(client_name)})? Its requests and approvals end with it.`;
    });
    const { json } = await api.call('DELETE /admin/clients/{client_id}', { parameters: argument });
    return { json, text: `Client ${plainLine(argument.client_id)} deleted.` };
  },
});

/** `ciba client …` */
export const clientNoun: Noun = {
  name: 'client',
  about: 'Backends that may ask users.',
  commands: [create, list, show, update, remove, testClientCommand, ...clientSecretCommands],
};

function from(path: string | undefined): Record<string, unknown> {
  return path === undefined ? {} : readBody(path);
}
