import { requestIdOf } from '../../provider/core/digest.ts';
import { PATHS } from '../../provider/core/discovery/provider-metadata.ts';
import { CIBA_GRANT } from '../../provider/core/token/grant-types.ts';
import { expectAnswer } from './ending.ts';
import { HIDDEN, shownValue } from './shown.ts';
import type { Exchange, Wire } from './wire.ts';

/** What a client sends to prove who it is: a header, or members of the form. */
export type Authentication = {
  /** How it is called in a registration. */
  readonly method: 'client_secret_basic' | 'private_key_jwt';
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
};
/** The members of a form. Pairs may name a member twice. */
export type Form = Readonly<Record<string, string>> | readonly (readonly [string, string])[];
/** A request that the provider accepted. */
export type Asked = {
  readonly authReqId: string;
  readonly requestId: string;
  readonly expiresInSeconds: number;
  readonly intervalSeconds: number;
  /** The number that the client shows, if the user has to type one on the phone. */
  readonly number?: string;
};

/** A client of a scenario. It calls the provider as the backend of an application does. */
export class ActingClient {
  readonly id: string;
  readonly #wire: Wire;
  readonly #authenticate: () => Promise<Authentication>;

  constructor(id: string, wire: Wire, authenticate: () => Promise<Authentication>) {
    this.id = id;
    this.#wire = wire;
    this.#authenticate = authenticate;
  }

  /** The same client with another proof of who it is. */
  proving(authentication: Authentication): ActingClient {
    return new ActingClient(this.id, this.#wire, async () => authentication);
  }

  /** Asks for the authentication of a user (CIBA §7.1). */
  ask(form: Form, laterSeconds = 0): Promise<Exchange> {
    const pairs = pairsOf(form);
    const scope = pairs.some(([name]) => name === 'scope') ? [] : [['scope', 'openid'] as const];
    return this.post(PATHS.backchannelAuthentication, [...scope, ...pairs], laterSeconds);
  }

  /** Asks, and throws unless the provider accepts the request. */
  async asked(form: Form, laterSeconds = 0): Promise<Asked> {
    const { answer } = expectAnswer(await this.ask(form, laterSeconds), { status: 200 });
    const authReqId = String(answer['auth_req_id']);
    return {
      authReqId,
      requestId: requestIdOf(authReqId),
      expiresInSeconds: Number(answer['expires_in']),
      intervalSeconds: Number(answer['interval']),
      ...(typeof answer['number'] === 'string' && { number: answer['number'] }),
    };
  }

  /** Calls the token endpoint for a request (CIBA §10.1). */
  poll({ authReqId }: Pick<Asked, 'authReqId'>, laterSeconds = 0): Promise<Exchange> {
    return this.post(PATHS.token, { grant_type: CIBA_GRANT, auth_req_id: authReqId }, laterSeconds);
  }

  /** Takes a request back (docs/withdrawal.md). */
  withdraw({ authReqId }: Pick<Asked, 'authReqId'>): Promise<Exchange> {
    return this.post(PATHS.withdrawal, { auth_req_id: authReqId });
  }

  /** Has the phones of a request rung again (docs/resend.md). */
  resend({ authReqId }: Pick<Asked, 'authReqId'>, laterSeconds = 0): Promise<Exchange> {
    return this.post(PATHS.resend, { auth_req_id: authReqId }, laterSeconds);
  }

  /** Sends the number that the user read on the phone (docs/number-matching.md). */
  enterNumber({ authReqId }: Pick<Asked, 'authReqId'>, number: string): Promise<Exchange> {
    return this.post(PATHS.number, { auth_req_id: authReqId, number });
  }

  async post(path: string, form: Form, laterSeconds = 0): Promise<Exchange> {
    const { method, headers = {}, form: proof = {} } = await this.#authenticate();
    const pairs = pairsOf(form);
    const sent = pairs.map(([name, value]) => [name, String(shownValue(name, value))] as const);
    return this.#wire.send('client', {
      method: 'POST',
      path,
      headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams([...pairs, ...Object.entries(proof)].map(([name, value]) => [name, value])).toString(),
      sent: { ...joined(sent), [method === 'private_key_jwt' ? 'client_assertion' : 'Authorization']: HIDDEN },
      laterSeconds,
    });
  }
}

/** Proves a client by its secret in the header (RFC 6749 §2.3.1). */
export function bySecret(id: string, secret: string): Authentication {
  const encoded = (text: string) => new URLSearchParams({ '': text }).toString().slice(1);
  const credentials = Buffer.from(`${encoded(id)}:${encoded(secret)}`).toString('base64');
  return { method: 'client_secret_basic', headers: { authorization: `Basic ${credentials}` } };
}

/** Proves a client by an assertion that it signed (OpenID Connect Core §9). */
export function byAssertion(assertion: string): Authentication {
  const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
  return { method: 'private_key_jwt', form: { client_assertion_type: type, client_assertion: assertion } };
}

function pairsOf(form: Form): readonly (readonly [string, string])[] {
  return isPairs(form) ? form : Object.entries(form);
}

function isPairs(form: Form): form is readonly (readonly [string, string])[] {
  return Array.isArray(form);
}

/** Joins the values of a member that was sent twice. */
function joined(pairs: readonly (readonly [string, string])[]): Record<string, string> {
  const members: Record<string, string> = {};
  for (const [name, value] of pairs) members[name] = name in members ? `${members[name]}, ${value}` : value;
  return members;
}
