import { hashDetails } from '../../core/deciding/shown-details.ts';
import { DEVICE_TOKEN_LIFETIME_SECONDS, DEVICE_TOKEN_TYPES } from '../../core/device/device-token.ts';
import { requestIdOf } from '../../core/digest.ts';
import { urlOf } from '../../core/issuer.ts';
import { SYNTHETIC_ID } from '../../core/operating/reserved.ts';
import {
  isFromProvider,
  mayPass,
  NO_ANSWER,
  type ProviderAnswer,
  type SyntheticSecret,
} from '../../core/operating/synthetic.ts';
import type { TokenClaims } from '../../core/token/access-token.ts';
import { CIBA_GRANT } from '../../core/token/grant-types.ts';
import type { Clock, Entropy } from '../ports.ts';

type Call = {
  /** The name of the step in an error. */
  readonly step: string;
  /** The expected status. The default is 200. */
  readonly expects?: number;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly authorization?: string;
  readonly form?: Readonly<Record<string, string>>;
  readonly json?: unknown;
};
/** What this flow needs. */
export type SyntheticLoginPorts = {
  readonly issuer: string;
  /** The secret. Undefined while the role has no right to read it, which takes effect a moment after it was given. */
  readonly secret: { read(): Promise<SyntheticSecret | undefined> };
  /** Calls the provider: at its public address, as any client would, or certain versions of its functions. */
  readonly call: (url: string, call: Omit<Call, 'step' | 'expects' | 'path'>) => Promise<ProviderAnswer>;
  readonly sign: (key: SyntheticSecret['devicePrivateKey'], type: string, claims: TokenClaims) => Promise<string>;
  /**
   * Returns whether the ID token is valid now and signed by a key of this key set, for this client and by this issuer.
   */
  readonly verifies: (
    idToken: string,
    expected: { keySet: unknown; issuer: string; audience: string; now: number },
  ) => Promise<boolean>;
  readonly wait: (seconds: number) => Promise<void>;
  readonly entropy: Entropy;
  readonly clock: Clock;
};
/** The most characters of an answer in an error. CloudFormation takes 4 KB, and another server may answer more. */
const LONGEST_ANSWER = 200;

type Session = SyntheticLoginPorts & {
  readonly keys: SyntheticSecret;
  /** No call begins after this instant. */
  readonly lastCallAt: number;
};

/** A step of the login failed. The message names the step and its actual result, and contains no secret. */
export class SyntheticLoginError extends Error {
  /** Whether a login soon after may succeed. */
  readonly mayPass: boolean;

  constructor(message: string, { mayPass }: { readonly mayPass: boolean }) {
    super(message);
    this.mayPass = mayPass;
  }
}

/**
 * Runs one whole login: discovery, request, poll, details, approval, tokens, key set, and a
 * second redemption, which must be refused. It fails at the first answer that is not as expected.
 */
export async function logInSynthetically(
  ports: SyntheticLoginPorts,
  { lastCallAt } = { lastCallAt: Number.POSITIVE_INFINITY },
): Promise<void> {
  const keys = await ports.secret.read();
  if (!keys) throw new SyntheticLoginError('the role may not read the secret', { mayPass: true });
  const session: Session = { ...ports, keys, lastCallAt };
  const { body: metadata } = await step(session, {
    step: 'discovery',
    method: 'GET',
    path: '/.well-known/openid-configuration',
  });
  // The name may still lead to another provider.
  failUnless(metadata['issuer'] === ports.issuer, 'discovery names another issuer', { mayPass: true });
  const authReqId = await ask(session);
  const pending = await redeem(session, authReqId, 400);
  failUnless(pending['error'] === 'authorization_pending', `the first poll answers ${pending['error']}`);
  await approve(session, requestIdOf(authReqId));
  const tokens = await redeem(session, authReqId, 200);
  const { body: keySet } = await step(session, { step: 'key set', method: 'GET', path: '/.well-known/jwks.json' });
  const expected = { keySet, issuer: ports.issuer, audience: SYNTHETIC_ID, now: ports.clock() };
  failUnless(await ports.verifies(String(tokens['id_token']), expected), 'the ID token does not verify');
  const replayed = await redeem(session, authReqId, 400);
  failUnless(replayed['error'] === 'invalid_grant', `a second redemption answers ${replayed['error']}`);
}

async function ask(session: Session): Promise<string> {
  const login_hint = JSON.stringify({ format: 'iss_sub', iss: session.issuer, sub: SYNTHETIC_ID });
  // There is no binding message, because a setting may restrict what it may contain.
  const form = { scope: 'openid', login_hint, requested_expiry: '60' };
  const { body } = await step(session, {
    step: 'authentication request',
    method: 'POST',
    path: '/bc-authorize',
    authorization: basic(session),
    form,
  });
  return String(body['auth_req_id']);
}

async function redeem(session: Session, authReqId: string, expects: number): Promise<ProviderAnswer['body']> {
  const form = { grant_type: CIBA_GRANT, auth_req_id: authReqId };
  return (
    await step(session, {
      step: 'token request',
      expects,
      method: 'POST',
      path: '/token',
      authorization: basic(session),
      form,
    })
  ).body;
}

/** Reads the frozen bytes and signs their hash, as a phone does. */
async function approve(session: Session, requestId: string): Promise<void> {
  const path = `/device/requests/${requestId}`;
  const life = lifeOf(session);
  const assertion = await session.sign(session.keys.devicePrivateKey, DEVICE_TOKEN_TYPES.assertion, {
    ...life,
    htm: 'GET',
    htu: urlOf(session.issuer, path),
  });
  const { body } = await step(session, {
    step: 'request details',
    method: 'GET',
    path,
    authorization: `Device ${assertion}`,
  });
  const bytes = Buffer.from(String(body['details']), 'base64url');
  const shown = JSON.parse(bytes.toString()) as Record<string, unknown>;
  failUnless(
    shown['client_id'] === SYNTHETIC_ID && shown['request_id'] === requestId,
    'the details are of another request',
  );
  const claims = { ...lifeOf(session), request_id: requestId, decision: 'approve', details_hash: hashDetails(bytes) };
  const response = await session.sign(session.keys.devicePrivateKey, DEVICE_TOKEN_TYPES.response, claims);
  await step(session, { step: 'approval', expects: 204, method: 'POST', path: `${path}/response`, json: { response } });
}

function lifeOf({ issuer, clock, entropy }: Session): TokenClaims {
  const now = clock();
  return {
    iss: SYNTHETIC_ID,
    sub: SYNTHETIC_ID,
    aud: issuer,
    iat: now,
    exp: now + DEVICE_TOKEN_LIFETIME_SECONDS,
    jti: entropy.id(),
  };
}

function basic({ keys }: Session): string {
  return `Basic ${Buffer.from(`${SYNTHETIC_ID}:${keys.clientSecret}`).toString('base64')}`;
}

async function step(session: Session, call: Call): Promise<ProviderAnswer> {
  const { step: name, expects = 200, path, ...rest } = call;
  failUnless(session.clock() <= session.lastCallAt, `there is no time left for the step "${name}"`);
  const answer = await session.call(urlOf(session.issuer, path), rest);
  if (answer.status === expects && isFromProvider(answer)) return answer;
  throw new SyntheticLoginError(`${name} ${describe(answer).slice(0, LONGEST_ANSWER)}`, { mayPass: mayPass(answer) });
}

function describe(answer: ProviderAnswer): string {
  const { status, body } = answer;
  if (status === NO_ANSWER) return `gets no answer: ${body['error']}`;
  const error = isFromProvider(answer) ? body['error'] : `from another server: ${body['message'] ?? 'no JSON'}`;
  return `answers ${status} ${error ?? ''}`.trimEnd();
}

function failUnless(condition: boolean, message: string, failure = { mayPass: false }): asserts condition {
  if (!condition) throw new SyntheticLoginError(message, failure);
}
