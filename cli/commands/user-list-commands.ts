import type { UserView } from '../../provider/core/person/profile.ts';
import type { ListedUserView } from '../../provider/flows/person/list-users.ts';
import { command } from '../command-line/command.ts';
import { bodyOf } from '../command-line/command-line.ts';
import { WrongUsage } from '../command-line/failure.ts';
import { readInstant, readWholeNumber } from '../command-line/option-reading.ts';
import { instant, plainLine, table } from '../command-line/text-layout.ts';
import type { AdminApi, UsersPage } from '../deployment/admin-api.ts';
import { notFound } from '../deployment/next-step.ts';
import { describe, statusOf } from './user-text.ts';

/** How many users are shown by default, and the most on one page of the API. */
const DEFAULT_LIMIT = 50;
const PAGE_LIMIT = 200;
const HEADINGS = ['SUB', 'NAME', 'KNOWN AS', 'STATUS', 'PHONES', 'CREATED'];

export const listUsers = command({
  name: 'list',
  about: 'Lists users in the order of their subs, page by page, and can filter them.',
  notes:
    'Without --all it shows the first 50, and says how to go on. The provider has no index: all filters but --sub-prefix read the users one by one, so with many users they take long. To find one user by the whole e-mail address, phone number or username, use ciba user find. With --json the answer is that of GET /admin/users: {"users": […], "next": SUB}, without next at the end. The log of the provider has who listed users.',
  arguments: [],
  options: {
    limit: { kind: 'text', value: 'N', about: `How many users to show at most. Default: ${DEFAULT_LIMIT}.` },
    after: { kind: 'text', member: 'after', value: 'SUB', about: 'Begin after this sub, where the last list ended.' },
    all: { kind: 'flag', about: 'Show all users.' },
    blocked: { kind: 'flag', member: 'blocked', about: 'Only users who are blocked; --no-blocked: who are not.' },
    'has-device': {
      kind: 'flag',
      member: 'has_device',
      about: 'Only users with a phone that is enrolled; --no-has-device: without one.',
    },
    'created-after': {
      kind: 'text',
      member: 'created_after',
      value: 'WHEN',
      read: ([typed = '']) => readInstant(typed, Math.floor(Date.now() / 1000)),
      about: 'Only users created since then: 2026-11-01, 2026-11-01T10:00:00Z, or 7d for the last seven days.',
    },
    'sub-prefix': {
      kind: 'text',
      member: 'sub_prefix',
      value: 'TEXT',
      about: 'Only users whose sub begins with this.',
    },
    'email-prefix': {
      kind: 'text',
      member: 'email_prefix',
      value: 'TEXT',
      about: 'Only users whose e-mail address begins with this.',
    },
    'phone-number-prefix': {
      kind: 'text',
      member: 'phone_number_prefix',
      value: '+49…',
      about: 'Only users whose phone number begins with this.',
    },
    'preferred-username-prefix': {
      kind: 'text',
      member: 'preferred_username_prefix',
      value: 'TEXT',
      about: 'Only users whose username begins with this.',
    },
  },
  examples: [
    'ciba user list --no-has-device --created-after 7d',
    'ciba user list --blocked --all',
    'ciba user list --all --json | jq -r ".users[].sub"',
  ],
  async run({ api, options, globals, progress }) {
    if (options.all && options.limit !== undefined) throw new WrongUsage('--all and --limit exclude each other');
    const limit = options.limit === undefined ? DEFAULT_LIMIT : readWholeNumber([options.limit], '--limit');
    if (limit === 0) throw new WrongUsage('--limit must be 1 or more');
    const wanted = options.all ? Number.POSITIVE_INFINITY : limit;
    const { json, users, next } = await readPages(api, { body: bodyOf(this.options, options), wanted, progress });
    const more = next === undefined || globals.json ? [] : [moreAfter(next)];
    const text = table(HEADINGS, users.map(rowOf));
    return { json, text: users.length > 0 ? text : 'No users.', notes: more };
  },
});

type Wanted = {
  readonly body: Readonly<Record<string, unknown>>;
  readonly wanted: number;
  readonly progress: (text: string) => void;
};

/** Reads pages until there are enough users. A page may be short, because the provider left users out. */
async function readPages(api: AdminApi, { body, wanted, progress }: Wanted): Promise<{ json: string } & UsersPage> {
  const users: ListedUserView[] = [];
  let next: string | undefined;
  for (let pages = 1; ; pages += 1) {
    const limit = Math.min(PAGE_LIMIT, wanted - users.length);
    const after = next === undefined ? {} : { after: next };
    const page = await api.call('POST /admin/users/list', { parameters: {}, body: { ...body, ...after, limit } });
    users.push(...page.body.users);
    next = page.body.next;
    progress(`${users.length} users so far`);
    const isEnd = next === undefined || users.length >= wanted;
    if (isEnd && pages === 1) return { json: page.json, ...page.body };
    const read = { users, ...(next !== undefined && { next }) };
    if (isEnd) return { json: JSON.stringify(read), ...read };
  }
}

function moreAfter(next: string): string {
  return `There are more users. Go on with --after ${plainLine(next)}, or show them all with --all.`;
}

function rowOf({ sub, name, email, phone_number, preferred_username, blocked, devices, created_at }: ListedUserView) {
  const created = created_at === undefined ? undefined : instant(created_at);
  return [sub, name, email ?? phone_number ?? preferred_username, statusOf(blocked), devices, created];
}

/** A user, and which name led to them. */
type Found = UserView & { readonly found_by: 'sub' | 'login_hint' };

export const findUsers = command({
  name: 'find',
  about: 'Finds the user with this sub, e-mail address, phone number or username.',
  notes:
    'It looks for the whole name, exactly, and takes two reads. A word can be the sub of one user and the username of another; then both are shown. To look for the beginning of a name, use ciba user list. With --json: {"users": [{…, "found_by": "sub" or "login_hint"}]}.',
  arguments: [
    { name: 'word', about: 'A sub, an e-mail address, a phone number (+49…) or a username.', completes: 'users' },
  ],
  options: {},
  examples: ['ciba user find anna@example.com', 'ciba user find "+49 30 901820" --json | jq -r ".users[0].sub"'],
  async run({ api, argument }) {
    const { word } = argument;
    if (word === '') throw new WrongUsage('WORD is empty: give a sub, an e-mail address, a phone number or a username');
    const search = (body: object) => api.find('POST /admin/users/search', { parameters: {}, body });
    const [bySub, byHint] = await Promise.all([search({ sub: word }), search({ login_hint: word })]);
    const users: Found[] = [
      ...(bySub ? [{ ...bySub.body, found_by: 'sub' as const }] : []),
      ...(byHint && byHint.body.sub !== bySub?.body.sub ? [{ ...byHint.body, found_by: 'login_hint' as const }] : []),
    ];
    if (users.length === 0) throw notFound('user', word);
    return {
      json: JSON.stringify({ users }),
      text: users.map(({ found_by: _, ...user }) => describe(user)).join('\n\n'),
    };
  },
});
