import { requestIdOf } from '../../../provider/core/digest.ts';
import type { ProviderAnswer } from '../../../provider/core/operating/synthetic.ts';
import type { TokenClaims } from '../../../provider/core/token/access-token.ts';
import type { SyntheticLoginPorts } from '../../../provider/flows/operating/log-in-synthetically.ts';
import { ISSUER, NOW } from '../../core/given.ts';
import { startWorld } from '../world/world.ts';

export const AUTH_REQ_ID = 'auth-req-1';
export const REQUEST_ID = requestIdOf(AUTH_REQ_ID);
export const DETAILS = JSON.stringify({ client_id: 'synthetic-login', request_id: REQUEST_ID });
export const detailsOf = (text: string) => ({ details: Buffer.from(text).toString('base64url') });

/** The steps of a login in their order, each with the answer of a provider that works. */
const GOOD = {
  discovery: { status: 200, body: { issuer: ISSUER } },
  ask: { status: 200, body: { auth_req_id: AUTH_REQ_ID } },
  poll: { status: 400, body: { error: 'authorization_pending' } },
  details: { status: 200, body: detailsOf(DETAILS) },
  approve: { status: 204, body: {} },
  redeem: { status: 200, body: { id_token: 'id-token-1' } },
  keys: { status: 200, body: { keys: ['key-1'] } },
  replay: { status: 400, body: { error: 'invalid_grant' } },
} satisfies Record<string, ProviderAnswer>;

export type Step = keyof typeof GOOD;

/** A deployment that answers as it should, but for some steps, which give these answers in the first logins. */
export function syntheticWorld(
  first: Partial<Record<Step, ProviderAnswer[]>> = {},
  { believes = true, readableAt = NOW } = {},
) {
  const world = startWorld();
  const { journal, time } = world;
  const early = new Map(Object.entries(first).map(([step, answers]) => [step, [...answers]]));
  // Each login begins at discovery.
  let left: [string, ProviderAnswer][] = [];
  const called: Parameters<SyntheticLoginPorts['call']>[1][] = [];
  const signed: { type: string; claims: TokenClaims }[] = [];
  const verified: unknown[] = [];
  const ports: SyntheticLoginPorts = {
    ...world.ports,
    issuer: ISSUER,
    secret: {
      read: async () => {
        journal.begin('read secret');
        if (time.now < readableAt) return undefined;
        return { clientSecret: 's3cret', devicePrivateKey: { d: 'private' } };
      },
    },
    call: async (url, call) => {
      journal.begin(`${call.method} ${url.replace(ISSUER, '/')}`);
      called.push(call);
      if (url.endsWith('/openid-configuration')) left = Object.entries(GOOD);
      const [step = '', good = { status: 500, body: {} }] = left.shift() ?? [];
      return early.get(step)?.shift() ?? good;
    },
    sign: async (key, type, claims) => {
      signed.push({ type, claims });
      return `${type} under ${key['d']}`;
    },
    verifies: async (idToken, expected) => {
      journal.begin(`verify ${idToken}`);
      verified.push(expected);
      return believes;
    },
    wait: async (seconds) => {
      journal.begin(`wait ${seconds} after ${time.now - NOW}`);
      time.now += seconds;
    },
  };
  return { ...world, called, signed, verified, ports };
}
