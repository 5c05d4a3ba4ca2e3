import type { Client } from '../../../provider/core/client/client.ts';
import { sha256 } from '../../../provider/core/digest.ts';
import type { TokenClaims } from '../../../provider/core/token/access-token.ts';
import { ISSUER, NOW } from '../../core/given.ts';
import { keyNamed } from '../world/signatures.ts';
import type { askingWorld } from './given.ts';

// The ways in which a client can name a user: each kind of hint, in a form and in a signed request.

type World = ReturnType<typeof askingWorld>;
export type Form = NonNullable<Parameters<World['ask']>[0]>;
/** A user, as an address and as a subject. */
export type Named = { readonly email: string; readonly sub: string };

const HINTS = 'https://hints.example/';

/** What a client has registered that may use all of them. */
export const NAMING: Partial<Client> = {
  requestAlgorithm: 'ES256',
  credential: { method: 'client_secret_basic', secretHash: sha256('s3cret'), keys: [keyNamed('key-1')] },
  hintIssuers: [{ issuer: HINTS, keys: [keyNamed('theirs')] }],
};

const emailOf = ({ email }: Named) => ({ format: 'email', email });
export const subjectOf = ({ sub }: Named, iss: string = ISSUER) => ({ format: 'iss_sub', iss, sub });
export const aliases = (...identifiers: readonly object[]) => ({ format: 'aliases', identifiers });
const both = (named: Named) => aliases(emailOf(named), subjectOf(named));
/** A name at another provider, which is ignored here, beside a name at this one. */
const withForeign = (named: Named) => aliases(subjectOf(named, 'https://evil.example/'), emailOf(named));

/** A `login_hint_token` of an issuer that the client has registered. */
export function hintToken({ sign }: World, sub_id: object, more: TokenClaims = { jti: 'jti-1' }): Form {
  const claims = { iss: HINTS, aud: ISSUER, iat: NOW, exp: NOW + 300, sub_id, ...more };
  return { login_hint: [], login_hint_token: sign({ claims, key: keyNamed('theirs') }) };
}

/** The kinds of hint. Each names a user by an address, by the subject, or by both. */
export const KINDS = {
  login_hint: (_, { email }) => ({ login_hint: email }),
  'login_hint with the subject': (_, named) => ({ login_hint: JSON.stringify(subjectOf(named)) }),
  'login_hint with two names': (_, named) => ({ login_hint: JSON.stringify(both(named)) }),
  'login_hint with a foreign name besides': (_, named) => ({ login_hint: JSON.stringify(withForeign(named)) }),
  id_token_hint: ({ sign }, { sub }) => {
    const claims = { iss: ISSUER, sub, aud: 'bank', iat: NOW - 7200, exp: NOW - 3600, at_hash: 'h' };
    const header = { typ: 'JWT', kid: 'kid-1' };
    return { login_hint: [], id_token_hint: sign({ header, claims, key: keyNamed('ours') }) };
  },
  login_hint_token: (world, named) => hintToken(world, emailOf(named)),
  'login_hint_token without a jti': (world, named) => hintToken(world, emailOf(named), {}),
  'login_hint_token with the subject': (world, named) => hintToken(world, subjectOf(named)),
  'login_hint_token with two names': (world, named) => hintToken(world, both(named)),
  'login_hint_token with a foreign name besides': (world, named) => hintToken(world, withForeign(named)),
} as const satisfies Readonly<Record<string, (world: World, named: Named) => Form>>;
export type Kind = keyof typeof KINDS;

/** How the parameters are sent. */
export const SENT = {
  'in a form': (world, form) => world.ask(form),
  'in a signed request': (world, form) => {
    const instants = { iat: NOW, nbf: NOW, exp: NOW + 300 };
    const asked = { scope: 'openid', login_hint: 'ana@example.com', ...form };
    const said = Object.fromEntries(Object.entries(asked).filter(([, value]) => value.length > 0));
    const claims = { iss: 'bank', aud: ISSUER, ...instants, jti: 'jti-1', ...said };
    return world.send({ request: world.sign({ claims, key: keyNamed('key-1') }) });
  },
} as const satisfies Readonly<Record<string, (world: World, form: Form) => ReturnType<World['ask']>>>;
export type Sent = keyof typeof SENT;
