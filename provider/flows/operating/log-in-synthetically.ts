import { hashDetails } from '../../core/deciding/shown-details.ts';
import { DEVICE_TOKEN_LIFETIME_SECONDS, DEVICE_TOKEN_TYPES } from '../../core/device/device-token.ts';
import { requestIdOf } from '../../core/digest.ts';
import { urlOf } from '../../core/issuer.ts';
import {
  type DeployedVersions,
  isRollback,
  NO_ANSWER,
  type SomethingNew,
  SYNTHETIC_ID,
  type SyntheticSecret,
  secondsUntilNextTry,
} from '../../core/operating/synthetic.ts';
import type { TokenClaims } from '../../core/token/access-token.ts';
import { CIBA_GRANT } from '../../core/token/grant-types.ts';
import type { Clock, Entropy } from '../ports.ts';

/** An HTTP answer, its body as JSON where it is; status `NO_ANSWER` and the failure's code when the connection failed. */
export type ProviderAnswer = { readonly status: number; readonly body: Readonly<Record<string, unknown>> };
type Call = {
  /** What the step is called when it fails. */
  readonly step: string;
  /** The status that it must answer with; 200 unless it says another. */
  readonly expects?: number;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly authorization?: string;
  readonly form?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** What a smoke test waits for here. */
  readonly awaits?: SomethingNew;
};
/** What this flow needs. */
export type SyntheticLoginPorts = {
  readonly issuer: string;
  readonly secret: { read(): Promise<SyntheticSecret> };
  /** Calls the provider at its public address, as anybody would. */
  readonly call: (url: string, call: Omit<Call, 'step' | 'expects' | 'path' | 'awaits'>) => Promise<ProviderAnswer>;
  readonly sign: (key: SyntheticSecret['devicePrivateKey'], type: string, claims: TokenClaims) => Promise<string>;
  /** Whether the ID token is signed by a key of this key set, for this client, by this issuer, now. */
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
  /** A smoke test waits for what was just made. */
  readonly isPatient: boolean;
};

/** A step of the login that did not go as it must. The message says which and what came instead, nothing secret. */
export class SyntheticLoginError extends Error {}

/**
 * The smoke test of a deployment: a login that waits for what was just made. None when the deployment is being rolled
 * back, because its failure would stop the rollback.
 */
export async function testDeployment(
  ports: SyntheticLoginPorts,
  versions: { readonly before: DeployedVersions; readonly now: DeployedVersions },
): Promise<void> {
  if (!isRollback(versions.before, versions.now)) await logInSynthetically(ports, { isPatient: true });
}

/** One whole login at the public address: discovery, request, poll, details, approval, tokens, key set, replay. */
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
  demand(metadata['issuer'] === ports.issuer, 'discovery names another issuer');
  const authReqId = await ask(session);
  const pending = await redeem(session, authReqId, 400);
  demand(pending['error'] === 'authorization_pending', `the first poll answers ${pending['error']}`);
  await approve(session, requestIdOf(authReqId));
  const tokens = await redeem(session, authReqId, 200);
  const { body: keySet } = await step(session, { step: 'key set', method: 'GET', path: '/.well-known/jwks.json' });
  const expected = { keySet, issuer: ports.issuer, audience: SYNTHETIC_ID, now: ports.clock() };
  demand(await ports.verifies(String(tokens['id_token']), expected), 'the ID token does not verify');
  const replayed = await redeem(session, authReqId, 400);
  demand(replayed['error'] === 'invalid_grant', `a second redemption answers ${replayed['error']}`);
}

async function ask(session: Session): Promise<string> {
  const login_hint = JSON.stringify({ format: 'iss_sub', iss: session.issuer, sub: SYNTHETIC_ID });
  // No binding message: a setting may narrow what one may say.
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
  demand(
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
  demand(answer.status === expects, `${name} ${said} ${answer.body['error'] ?? ''}`.trimEnd());
  return answer;
}

function demand(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new SyntheticLoginError(otherwise);
}
