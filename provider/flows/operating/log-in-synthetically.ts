import { hashDetails } from '../../core/deciding/shown-details.ts';
import { DEVICE_TOKEN_LIFETIME_SECONDS, DEVICE_TOKEN_TYPES } from '../../core/device/device-token.ts';
import { requestIdOf } from '../../core/digest.ts';
import { urlOf } from '../../core/issuer.ts';
import { SYNTHETIC_ID } from '../../core/operating/reserved.ts';
import {
  type DeployedVersions,
  isRollback,
  NO_ANSWER,
  type SomethingNew,
  type SyntheticSecret,
  secondsUntilNextTry,
} from '../../core/operating/synthetic.ts';
import type { TokenClaims } from '../../core/token/access-token.ts';
import { CIBA_GRANT } from '../../core/token/grant-types.ts';
import type { Clock, Entropy } from '../ports.ts';

/**
 * An HTTP answer with its body as parsed JSON, or `{}` if the body is not JSON. If the connection failed, the status is
 * `NO_ANSWER` and `error` is the code of the failure.
 */
export type ProviderAnswer = { readonly status: number; readonly body: Readonly<Record<string, unknown>> };
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
  /** What a smoke test waits for in this step. */
  readonly awaits?: SomethingNew;
};
/** What this flow needs. */
export type SyntheticLoginPorts = {
  readonly issuer: string;
  readonly secret: { read(): Promise<SyntheticSecret> };
  /** Calls the provider at its public address, as any client would. */
  readonly call: (url: string, call: Omit<Call, 'step' | 'expects' | 'path' | 'awaits'>) => Promise<ProviderAnswer>;
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
type Session = SyntheticLoginPorts & {
  readonly keys: SyntheticSecret;
  readonly startedAt: number;
  /** Whether the login is a smoke test, which waits for what was just made. */
  readonly isPatient: boolean;
};

/** A step of the login failed. The message names the step and its actual result, and contains no secret. */
export class SyntheticLoginError extends Error {}

/**
 * Runs the smoke test of a deployment: a login that waits for what was just made. It is skipped while the deployment is
 * being rolled back, because its failure would stop the rollback.
 */
export async function testDeployment(
  ports: SyntheticLoginPorts,
  versions: { readonly before: DeployedVersions; readonly now: DeployedVersions },
): Promise<void> {
  if (!isRollback(versions.before, versions.now)) await logInSynthetically(ports, { isPatient: true });
}

/**
 * Runs one whole login at the public address: discovery, request, poll, details, approval, tokens, key set, and a
 * second redemption, which must be refused.
 */
export async function logInSynthetically(
  ports: SyntheticLoginPorts,
  { isPatient } = { isPatient: false },
): Promise<void> {
  const session: Session = { ...ports, keys: await ports.secret.read(), startedAt: ports.clock(), isPatient };
  const { body: metadata } = await step(session, {
    step: 'discovery',
    method: 'GET',
    path: '/.well-known/openid-configuration',
    awaits: 'address',
  });
  failUnless(metadata['issuer'] === ports.issuer, 'discovery names another issuer');
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
    awaits: 'secret',
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
      awaits: 'secret',
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
  const { step: name, expects = 200, path, awaits, ...rest } = call;
  const answer = await session.call(urlOf(session.issuer, path), rest);
  const waitedSeconds = session.clock() - session.startedAt;
  const pause =
    session.isPatient && awaits ? secondsUntilNextTry({ status: answer.status, waitedSeconds }, awaits) : undefined;
  if (answer.status !== expects && pause !== undefined) {
    await session.wait(pause);
    return step(session, call);
  }
  const said = answer.status === NO_ANSWER ? 'gets no answer:' : `answers ${answer.status}`;
  failUnless(answer.status === expects, `${name} ${said} ${answer.body['error'] ?? ''}`.trimEnd());
  return answer;
}

function failUnless(condition: boolean, message: string): asserts condition {
  if (!condition) throw new SyntheticLoginError(message);
}
