import type { AcceptedRequestObject } from '../../../core/asking/request-object.ts';
import { findSignedRequest } from '../../../core/asking/signed-request.ts';
import type { Client } from '../../../core/client/client.ts';
import type { FormParameters } from '../../../core/form.ts';
import { ok, type Result, refuse } from '../../../core/result.ts';
import type { Replays } from '../../ports.ts';
import type { ReadSignedRequestPorts, RequestParameters } from './read-signed-request.ts';

/** What this step needs. */
export type ReadParametersPorts = ReadSignedRequestPorts & { readonly replays: Replays };

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
  const { readSignedRequest } = await import('./read-signed-request.ts');
  return readSignedRequest(ports, client, request);
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
