import type { Client } from '../client/client.ts';
import type { Profile } from '../client/profile.ts';
import { checkNoRepeats, type FormParameters, single } from '../form.ts';
import { ok, type Result, refuse } from '../result.ts';
import { isRequestParameter } from './request-claims.ts';

/**
 * Returns the signed request of a form, or undefined if the parameters are in the form itself. All parameters but those
 * of client authentication are inside it (CIBA §7.1.1). A `request_uri` is not defined for this endpoint.
 */
export function findSignedRequest(
  form: FormParameters,
  { requestAlgorithm, requiresSignedRequests }: Pick<Client, 'requestAlgorithm' | 'requiresSignedRequests'>,
  { signedRequests }: Pick<Profile, 'signedRequests'>,
): Result<string | undefined> {
  const repeats = checkNoRepeats(form, ['resource']);
  if (!repeats.ok) return repeats;
  const request = single(form, 'request');
  if (request !== undefined && signedRequests === 'refused') return refuse({ reason: 'signed_request_not_supported' });
  if (form.has('request_uri')) return refuse({ reason: 'request_uri_not_supported' });
  if (request === undefined)
    return requiresSignedRequests || signedRequests === 'required'
      ? refuse({ reason: 'signed_request_required' })
      : ok(undefined);
  if (requestAlgorithm === undefined) return refuse({ reason: 'signed_request_not_registered' });
  const outside = [...form.keys()].find(isRequestParameter);
  return outside === undefined ? ok(request) : refuse({ reason: 'parameter_outside_signed_request', name: outside });
}
