import { formFromClaims } from '../../../core/asking/request-claims.ts';
import { type AcceptedRequestObject, checkRequestObject } from '../../../core/asking/request-object.ts';
import type { Client } from '../../../core/client/client.ts';
import type { Profile } from '../../../core/client/profile.ts';
import type { FormParameters } from '../../../core/form.ts';
import { ok, type Result, refuse } from '../../../core/result.ts';
import { type ClientSignaturePorts, verifyClientSignature } from '../../client/client-signature.ts';
import type { Clock, Settings } from '../../ports.ts';

/** What this step needs. */
export type ReadSignedRequestPorts = ClientSignaturePorts & {
  readonly clock: Clock;
  readonly settings: Settings;
  readonly profile: Profile;
};

/** The parameters of a request, and what a signed one is remembered by. */
export type RequestParameters = {
  readonly parameters: FormParameters;
  readonly signed?: AcceptedRequestObject | undefined;
};

/** Reads the parameters of a signed request (CIBA §7.1.1). The signature is checked first, so nothing unsigned is read. */
export async function readSignedRequest(
  ports: ReadSignedRequestPorts,
  client: Client,
  request: string,
): Promise<Result<RequestParameters>> {
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
