import { LONGEST_OVERLAP_SECONDS, SHORTEST_OVERLAP_SECONDS } from '../../provider/core/client/secrets.ts';
import type { ClientView } from '../../provider/flows/client/manage-clients.ts';
import { command, type Noun, type Output } from '../command-line/command.ts';
import { bodyOf } from '../command-line/command-line.ts';
import { Refused, WrongUsage } from '../command-line/failure.ts';
import { readBody, readDuration } from '../command-line/option-reading.ts';
import { fieldList, instant, plainLine, table } from '../command-line/text-layout.ts';
import type { AdminApi, Answer } from '../deployment/admin-api.ts';
import { changeOptions, creationOptions } from './client-options.ts';

const CLIENT_ARGUMENT = { name: 'client_id', about: 'The id of the client.' } as const;

const DEFAULT_OVERLAP = '24h';
const LONGEST_OVERLAP_DAYS = LONGEST_OVERLAP_SECONDS / 86_400;

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
  about: 'Registers a client and prints its secret once.',
  notes: 'Each option sets the member of the same name in RFC 7591, CIBA §4 or docs/admin-api.md.',
  arguments: [],
  options: {
    ...creationOptions,
    ...fileOption,
  },
  examples: [
    'ciba client create --client-name "Example Bank" --scope "openid profile"',
    'ciba client create --client-name "Bike rental" --token-endpoint-auth-method private_key_jwt --jwks bike.pub.json',
    'ciba client create --client-name Agent --scope "openid pay" --scope-description "pay=Pay from your account"',
    'ciba client create --from client.json --json',
  ],
  async run({ api, options }) {
    const body: Record<string, unknown> = { ...from(options.from), ...bodyOf(this.options, options) };
    if (body['client_name'] === undefined)
      throw new WrongUsage('--client-name is missing: the phone shows it to the user');
    return clientOutput('Client created.', await api.call('POST /admin/clients', { parameters: {}, body }));
  },
});

const list = command({
  name: 'list',
  about: 'Lists all clients, in the order of their ids.',
  arguments: [],
  options: {},
  examples: ['ciba client list', 'ciba client list --json | jq -r ".clients[].client_id"'],
  async run({ api }) {
    const { json, clients } = await allClients(api);
    const rows = clients.map((client) => [
      client.client_id,
      client.synthetic ? `${client.client_name} (read-only)` : client.client_name,
      client.token_endpoint_auth_method,
      client.scope,
    ]);
    const text = table(['CLIENT ID', 'NAME', 'AUTHENTICATION', 'SCOPE'], rows);
    return { json, text: rows.length > 0 ? text : 'No clients yet. See: ciba client create --help' };
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
  examples: ['ciba client delete bank'],
  async run({ api, argument }) {
    const { json } = await api.call('DELETE /admin/clients/{client_id}', { parameters: argument });
    return { json, text: `Client ${plainLine(argument.client_id)} deleted.` };
  },
});

const newSecret = command({
  name: 'new-secret',
  about: 'Makes a new secret for a client and prints it once. The old secret stops working within a minute.',
  notes: 'Use it when a secret leaked. To change a secret without an outage, use rotate-secret.',
  arguments: [CLIENT_ARGUMENT],
  options: {},
  examples: ['ciba client new-secret bank'],
  async run({ api, argument }) {
    const body = { new_secret: true };
    const answer = await api.call('PATCH /admin/clients/{client_id}', { parameters: argument, body });
    if (answer.body.client_secret === undefined)
      throw new Refused('This client has no secret: it authenticates with private_key_jwt.');
    return clientOutput('New secret made. The old one stops working within a minute.', answer);
  },
});

const rotateSecret = command({
  name: 'rotate-secret',
  about: 'Makes a new secret for a client and prints it once. The old secret works until the end of the overlap.',
  notes: `The new secret works at once. Give it to every instance of the client before the old one ends. A client has two secrets at most: while an old one works, end it with end-old-secret before you rotate again. If you never saw the new secret, for example because the connection broke, use --again.`,
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
      const again = await api.call('PATCH /admin/clients/{client_id}', { parameters: argument, body });
      return clientOutput(`New secret made again. ${endOf(again.body)}`, again);
    }
    const overlap = bodyOf(this.options, { overlap: DEFAULT_OVERLAP, ...options });
    const seconds = Number(overlap['old_secret_expires_in']);
    if (seconds < SHORTEST_OVERLAP_SECONDS)
      throw new WrongUsage(
        `--overlap is too short: give at least ${SHORTEST_OVERLAP_SECONDS}s. To end the old secret now, use new-secret`,
      );
    if (seconds > LONGEST_OVERLAP_SECONDS)
      throw new WrongUsage(`--overlap is too long: give at most ${LONGEST_OVERLAP_DAYS}d`);
    const body = { new_secret: true, ...overlap };
    const answer = await api.call('PATCH /admin/clients/{client_id}', { parameters: argument, body });
    return clientOutput(`New secret made. ${endOf(answer.body)}`, answer);
  },
});

const endOldSecret = command({
  name: 'end-old-secret',
  about: 'Ends the old secret of a client before its time. It stops working within a minute.',
  notes: 'Use it when every instance of the client has the new secret, or when the old one leaked.',
  arguments: [CLIENT_ARGUMENT],
  options: {},
  examples: ['ciba client end-old-secret bank'],
  async run({ api, argument }) {
    const body = { old_secret_expires_in: 0 };
    const answer = await api.call('PATCH /admin/clients/{client_id}', { parameters: argument, body });
    return clientOutput('Old secret ended. It stops working within a minute.', answer);
  },
});

/** `ciba client …` */
export const clientNoun: Noun = {
  name: 'client',
  about: 'Backends that may ask users.',
  commands: [create, list, show, update, remove, rotateSecret, endOldSecret, newSecret],
};

function from(path: string | undefined): Record<string, unknown> {
  return path === undefined ? {} : readBody(path);
}

async function allClients(api: AdminApi): Promise<{ json: string; clients: readonly ClientView[] }> {
  const clients: ClientView[] = [];
  let after: string | undefined;
  let json: string;
  do {
    const page = await api.call('GET /admin/clients', { parameters: {}, query: { after } });
    clients.push(...page.body.clients);
    json = page.json;
    const isOnly = after === undefined && page.body.next === undefined;
    if (isOnly) return { json, clients };
    after = page.body.next;
  } while (after !== undefined);
  return { json: JSON.stringify({ clients }), clients };
}

function clientOutput(done: string, { json, body }: Answer<ClientView>): Output {
  const note = 'Store client_secret now. The provider only keeps its hash and cannot show it again.';
  return { json, text: [done, describe(body), ...(body.client_secret === undefined ? [] : [note])].join('\n\n') };
}

/** Says when the old secret ends. */
function endOf({ old_secret_expires_at: end = 0 }: ClientView): string {
  return `The old one works until ${instant(end)}.`;
}

function describe(client: ClientView): string {
  const { client_id, client_secret, client_name, jwks, scope_descriptions, ...more } = client;
  const { client_secret_expires_at: _, old_secret_expires_at: end, ...others } = more;
  return fieldList({
    client_id,
    client_secret,
    old_secret_expires_at: end === undefined ? undefined : instant(end),
    client_name,
    ...others,
    scope_descriptions: orNothing(Object.entries(scope_descriptions ?? {}).map(([scope, text]) => `${scope}: ${text}`)),
    jwks: orNothing(
      (jwks?.keys ?? []).map((key) => [key.kty, key.alg, key.kid && `kid ${key.kid}`].filter(Boolean).join(', ')),
    ),
    audiences: orNothing(others.audiences ?? []),
  });
}

function orNothing(lines: readonly string[]): readonly string[] | undefined {
  return lines.length > 0 ? lines : undefined;
}
