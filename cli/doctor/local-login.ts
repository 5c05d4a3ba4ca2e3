import * as v from 'valibot';
import { PATHS } from '../../provider/core/discovery/provider-metadata.ts';
import { CIBA_GRANT } from '../../provider/core/token/grant-types.ts';
import { isJsonObject, type JsonObject } from '../command-line/json-object.ts';
import { plainLine } from '../command-line/text-layout.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { callProvider } from '../deployment/provider-call.ts';

/** The first seeded client and user, as the local runtime names them. */
const seeded = v.object({ client_id: v.string(), client_secret: v.string(), login_hint: v.string() });
type Cast = v.InferOutput<typeof seeded>;
type Answer = { readonly status: number; readonly body: JsonObject };

/**
 * One login of the first seeded client and user, approved by the unattended phone. Tells the step that did not go as it
 * must. Throws where the runtime has nobody to log in.
 */
export async function loginLocally(deployment: Deployment): Promise<string | undefined> {
  const cast = await readCast(deployment);
  const post = (path: string, form: Record<string, string>) => postForm(deployment, path, { cast, form });
  const login_hint = cast.login_hint;
  const asked = await post(PATHS.backchannelAuthentication, {
    scope: 'openid',
    login_hint,
    binding_message: 'ciba doctor',
  });
  // Each user may be asked only so often, which is no fault.
  if (asked.status === 403) throw new Error('the first user was asked too often; try again in a minute');
  if (asked.status !== 200) return failed('the authentication request', asked);
  const auth_req_id = String(asked.body['auth_req_id']);
  const decided = await post(`/local/decide?auth_req_id=${encodeURIComponent(auth_req_id)}&action=allow`, {});
  if (decided.status === 404) throw new Error('the first seeded user has no phone of its own');
  if (decided.status !== 200) return failed('the approval', decided);
  const redeemed = await post(PATHS.token, { grant_type: CIBA_GRANT, auth_req_id });
  return redeemed.status === 200 && redeemed.body['id_token'] ? undefined : failed('the token request', redeemed);
}

async function readCast(deployment: Deployment): Promise<Cast> {
  const response = await callProvider(deployment, '/local/demo');
  const cast = v.safeParse(seeded, await bodyOf(response));
  if (!response.ok || !cast.success) throw new Error('no client and user were seeded; start it with npm start');
  return cast.output;
}

async function postForm(
  deployment: Deployment,
  path: string,
  { cast, form }: { cast: Cast; form: Record<string, string> },
): Promise<Answer> {
  const authorization = `Basic ${Buffer.from(`${cast.client_id}:${cast.client_secret}`).toString('base64')}`;
  const response = await callProvider(deployment, path, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  });
  return { status: response.status, body: await bodyOf(response) };
}

async function bodyOf(response: Response): Promise<JsonObject> {
  const body = await response.json().catch(() => undefined);
  return isJsonObject(body) ? body : {};
}

function failed(step: string, { status, body }: Answer): string {
  const error = body['error'] === undefined ? '' : ` ${plainLine(body['error'])}`;
  return `${step} is answered ${status}${error}`;
}
