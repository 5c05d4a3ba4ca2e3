import { formFromClaims } from '../../../core/asking/request-claims.ts';
import {
  type AcceptedRequestObject,
  checkRequestObject,
  findSignedRequest,
} from '../../../core/asking/signed-request.ts';
import type { Client } from '../../../core/client/client.ts';
import type { Profile } from '../../../core/client/profile.ts';
import type { FormParameters } from '../../../core/form.ts';
import { ok, type Result, refuse } from '../../../core/result.ts';
import { type ClientSignaturePorts, verifyClientSignature } from '../../client/client-signature.ts';
import type { Clock, Replays, Settings } from '../../ports.ts';

/** What this step needs. */
export type ReadParametersPorts = ClientSignaturePorts & {
  readonly replays: Replays;
  readonly clock: Clock;
  readonly settings: Settings;
  readonly profile: Profile;
};

/** The parameters of a request, and what a signed one is remembered by. */
export type RequestParameters = {
  readonly parameters: FormParameters;
  readonly signed?: AcceptedRequestObject | undefined;
};

/**
 * Returns the parameters of a request: those of the form, or the claims of the signed request in it (CIBA §7.1.1,
 * §7.2). The signature is checked first, so nothing unsigned is read.
 */
export async function readParameters(
  ports: ReadParametersPorts,
  client: Client,
  form: FormParameters,
): Promise<Result<RequestParameters>> {
  const found = findSignedRequest(form, client, ports.profile);
  if (!found.ok) return found;
  const { value: request } = found;
  if (request === undefined) return ok({ parameters: form });
  if (!ports.verifier.decode(request)) return refuse({ reason: 'malformed_request_object' });
  const { keys = [], jwksUri } = client.credential;
  const algorithms = ports.profile.requestAlgorithms.filter((one) => one === client.requestAlgorithm);
  const verified = await verifyClientSignature(ports, request, { keys, jwksUri, algorithms });
  if ('failure' in verified) return notVerified(verified.failure);
  const expected = { clientId: client.clientId, issuer: ports.settings.issuer };
  const signed = checkRequestObject(verified, expected, ports.clock());
  if (!signed.ok) return signed;
  const parameters = formFromClaims(verified.claims);
  return parameters.ok ? ok({ parameters: parameters.value, signed: signed.value }) : parameters;
}

function notVerified(failure: string | undefined): Result<never> {
  return failure === undefined
    ? refuse({ reason: 'request_object_signature' })
    : refuse({ reason: 'request_keys_unavailable', because: failure });
}

/**
 * Remembers a signed request until its end, so that nobody sends it again. Its `jti` is kept apart from those of client
 * assertions, because a client may count both. Call it when everything that the request itself says is right, and
 * before anything is looked up for it.
 */
export async function useOnce(
  { replays }: Pick<ReadParametersPorts, 'replays'>,
  { clientId }: Client,
  signed: AcceptedRequestObject | undefined,
): Promise<Result<true>> {
  if (!signed) return ok(true);
  const { jti: id, expiresAt } = signed;
  const isFirst = await replays.recordFirstUse({ issuer: `${clientId}#request`, id, expiresAt });
  return isFirst ? ok(true) : refuse({ reason: 'request_object_replayed' });
}
