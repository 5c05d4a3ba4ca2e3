import { CLIENT_AUTHENTICATION_METHODS, DELIVERY_MODES } from '../../provider/core/client/client.ts';
import type { ClientView } from '../../provider/core/client/client-view.ts';
import { lastDaysOf } from '../../provider/core/client/secrets.ts';
import { type Toned, toned } from '../command-line/colour.ts';
import { command, type OptionSpecs, type OptionValues } from '../command-line/command.ts';
import { WrongUsage } from '../command-line/failure.ts';
import { readDeadline, readWholeNumber } from '../command-line/option-reading.ts';
import { plainLine, table } from '../command-line/text-layout.ts';
import { selectClients } from '../deployment/all-clients.ts';
import { endOfSecret } from './client-output.ts';

const USUAL_LIMIT = 50;

const OPTIONS = {
  limit: { kind: 'text', value: 'N', about: `The most clients to list. Default: ${USUAL_LIMIT}.` },
  after: { kind: 'text', value: 'ID', completes: 'clients', about: 'List those after this id.' },
  all: { kind: 'flag', about: 'List all.' },
  'backchannel-token-delivery-mode': {
    kind: 'text',
    of: DELIVERY_MODES,
    about: 'Only clients that learn of answers in this way.',
  },
  'token-endpoint-auth-method': {
    kind: 'text',
    value: 'METHOD',
    of: CLIENT_AUTHENTICATION_METHODS,
    about: `Only clients that authenticate so: ${CLIENT_AUTHENTICATION_METHODS.join(', ')}.`,
  },
  'secret-ends-before': {
    kind: 'text',
    value: 'WHEN',
    about: 'Only clients whose secret ends before: 30d from now, or 2026-11-01, in UTC. Ended secrets count.',
  },
} as const satisfies OptionSpecs;

/** `ciba client list` */
export const list = command({
  name: 'list',
  about: 'Lists clients by page, in the order of their ids, with the state of each.',
  notes:
    'STATE: works, secret ends soon (within 14 days), secret ended, two secrets (an old one works beside the new one), may not ask (it has no grant), or read-only (the client of the synthetic login). If there are more, a line on standard error says how to list them, and with --json the member next is the id to give as --after. Filters read page after page until there are enough.',
  arguments: [],
  options: OPTIONS,
  examples: [
    'ciba client list',
    'ciba client list --all --json | jq -r ".clients[].client_id"',
    'ciba client list --secret-ends-before 30d',
    'ciba client list --backchannel-token-delivery-mode ping --limit 10 --after bank',
  ],
  async run({ api, options }) {
    const limit = limitOf(options);
    const selected = await selectClients(api, { after: options.after, limit, isWanted: filterOf(options) });
    const { json, clients, next } = selected;
    if (clients.length === 0) return { json, text: nothing(options) };
    const more = `There may be more: add --after ${next}, or list --all.`;
    return { json, text: tableOf(clients), ...(next !== undefined && { notes: [more] }) };
  },
});

type ListOptions = OptionValues<typeof OPTIONS>;

function limitOf({ limit, all }: ListOptions): number {
  if (limit === undefined) return all ? Number.POSITIVE_INFINITY : USUAL_LIMIT;
  if (all) throw new WrongUsage('--limit or --all, not both');
  const number = readWholeNumber([limit], '--limit');
  if (number < 1) throw new WrongUsage('--limit must be 1 or more');
  return number;
}

/** Makes the filter of the options. A client without a secret has none that ends. */
function filterOf(options: ListOptions): (client: ClientView) => boolean {
  const { 'backchannel-token-delivery-mode': mode, 'token-endpoint-auth-method': method } = options;
  const { 'secret-ends-before': typed } = options;
  const before = typed === undefined ? undefined : readDeadline(typed, Date.now() / 1000);
  return (client) => {
    const { client_secret_expires_at: end = 0, token_endpoint_auth_method: own } = client;
    const isInTime = before === undefined || (own !== 'private_key_jwt' && end > 0 && end < before);
    const isOfMethod = method === undefined || own === method;
    return isInTime && isOfMethod && (mode === undefined || modeOf(client) === mode);
  };
}

function nothing(options: ListOptions): string {
  const { limit: _, all: __, ...others } = options;
  return Object.keys(others).length > 0 ? 'No such clients.' : 'No clients yet. See: ciba client create --help';
}

function tableOf(clients: readonly ClientView[]): string {
  const rows = clients.map((client) => [
    client.client_id,
    client.client_name,
    stateOf(client, Date.now() / 1000),
    client.token_endpoint_auth_method,
    modeOf(client),
    endOfSecret(client),
    client.scope,
  ]);
  return table(['CLIENT ID', 'NAME', 'STATE', 'AUTHENTICATION', 'DELIVERY', 'SECRET ENDS', 'SCOPE'], rows);
}

function modeOf({ backchannel_token_delivery_mode: mode = 'poll' }: ClientView): string {
  return plainLine(mode);
}

function stateOf(client: ClientView, now: number): Toned {
  const { client_secret_expires_at: end = 0, old_secret_expires_at: oldEnd = 0, grant_types: grants } = client;
  if (client.synthetic) return toned('quiet', 'read-only');
  if (end > 0 && end <= now) return toned('bad', 'secret ended');
  if (grants?.length === 0) return toned('bad', 'may not ask');
  if (lastDaysOf(end > 0 ? end : undefined, now) !== undefined) return toned('warning', 'secret ends soon');
  return oldEnd > now ? toned('warning', 'two secrets') : toned('good', 'works');
}
