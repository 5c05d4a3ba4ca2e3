import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { nearestName } from '../../cli/command-line/nearest-name.ts';
import { StartError, systemCodeOf } from '../runtime/start-error.ts';
import { findMistake, type Mistake } from './seed-mistake.ts';

const record = v.record(v.string(), v.unknown());
const seed = v.strictObject({
  /** Clients as in `POST /admin/clients`. `client_id` is required, so that a second run finds them. */
  clients: v.pipe(
    v.array(v.intersect([record, v.looseObject({ client_id: v.string(), client_name: v.string() })])),
    v.minLength(1),
  ),
  /** Users as in `POST /admin/users`, each with the phones that answer for the user on this machine. */
  users: v.pipe(
    v.array(v.looseObject({ sub: v.string(), devices: v.optional(v.array(v.strictObject({ name: v.string() })), []) })),
    v.minLength(1),
  ),
});

/** The clients, users and devices with which the runtime starts. */
export type Seed = v.InferOutput<typeof seed>;

/** The seed of `npm start` without `--seed`. */
export const demoSeed: Seed = {
  clients: [
    {
      client_id: 'call-centre',
      client_name: 'Harbor Call Centre',
      token_endpoint_auth_method: 'client_secret_basic',
      scope: 'openid profile email',
    },
    {
      client_id: 'bike-kiosk',
      client_name: 'Harbor Bikes',
      token_endpoint_auth_method: 'client_secret_basic',
      scope: 'openid profile bikes:unlock',
      scope_descriptions: { 'bikes:unlock': 'Unlock a bike on your account' },
      audiences: ['https://bikes.example.com'],
    },
    {
      client_id: 'bank',
      client_name: 'Harbor Bank',
      token_endpoint_auth_method: 'client_secret_basic',
      scope: 'openid profile transfer',
      scope_descriptions: { transfer: 'Send this one transfer' },
      audiences: ['https://bank.example.com'],
    },
  ],
  users: [
    {
      sub: 'ana',
      name: 'Ana Lindqvist',
      email: 'ana@example.com',
      email_verified: true,
      phone_number: '+46701234567',
      preferred_username: 'ana',
      devices: [{ name: 'Ana, unattended' }],
    },
    {
      sub: 'bo',
      name: 'Bo Okafor',
      email: 'bo@example.com',
      email_verified: true,
      preferred_username: 'bo',
      devices: [{ name: 'Bo, unattended' }],
    },
  ],
};

/** Reads a seed file. Throws a {@link StartError} that names the file, the place in it and what was expected. */
export async function readSeed(path: string): Promise<Seed> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new StartError(
      `the seed file ${path} can't be read: ${systemCodeOf(error) === 'ENOENT' ? 'there is no such file' : why}`,
    );
  });
  const given = parseJson(path, text);
  const lists = v.safeParse(record, given);
  if (!lists.success || Array.isArray(given))
    throw new StartError(`the seed file ${path} must hold an object with clients and users.`);
  const { clients, users, ...others } = lists.output;
  const mistake = unknownList(others) ?? findMistake({ clients, users });
  if (mistake)
    throw new StartError(`the seed file ${path} is wrong: ${mistake.path} ${mistake.problem} See docs/local.md.`);
  return v.parse(seed, given);
}

function unknownList(others: Readonly<Record<string, unknown>>): Mistake | undefined {
  const [list] = Object.keys(others);
  if (list === undefined) return undefined;
  const meant = nearestName(list, ['clients', 'users']);
  return { path: list, problem: `is not known.${meant === undefined ? '' : ` Did you mean ${meant}?`}` };
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new StartError(`the seed file ${path} is not valid JSON: ${error instanceof Error ? error.message : error}`);
  }
}
