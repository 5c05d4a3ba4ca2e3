import * as v from 'valibot';
import { installation } from '../../local/installation.ts';
import { PATHS } from '../../provider/core/discovery/provider-metadata.ts';
import { CIBA_GRANT } from '../../provider/core/token/grant-types.ts';
import { isJsonObject, type JsonObject } from '../command-line/json-object.ts';
import { plainLine } from '../command-line/text-layout.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { callProvider } from '../deployment/provider-call.ts';

/** The first seeded client and user, as the local runtime returns them. */
const seeded = v.object({ client_id: v.string(), client_secret: v.string(), login_hint: v.string() });
type SeededLogin = v.InferOutput<typeof seeded>;
type Answer = { readonly status: number; readonly body: JsonObject };

/**
 * Logs in with the first seeded client and user; the unattended phone approves. Returns the step that failed, or
 * undefined. Throws if the login could not be tried.
 */
export async function loginLocally(deployment: Deployment): Promise<string | undefined> {
  const login = await readSeededLogin(deployment);
  const post = (path: string, form: Record<string, string>) => postForm(deployment, path, { login, form });
  const login_hint = login.login_hint;
  const asked = await post(PATHS.backchannelAuthentication, {
    scope: 'openid',
    login_hint,
    binding_message: 'ciba doctor',
  });
  // The limit per user is not a fault of the provider.
  if (asked.status === 403)
    throw new Error('the first user was asked too often; try again in a minute, or in an hour at most');
  if (asked.status !== 200) return failed('the authentication request', asked);
  const auth_req_id = String(asked.body['auth_req_id']);
  const decided = await post(`/local/decide?auth_req_id=${encodeURIComponent(auth_req_id)}&action=allow`, {});
  if (decided.status === 404) throw new Error('the first seeded user has no phone of its own');
  if (decided.status !== 200) return failed('the approval', decided);
  const redeemed = await post(PATHS.token, { grant_type: CIBA_GRANT, auth_req_id });
  return redeemed.status === 200 && redeemed.body['id_token'] ? undefined : failed('the token request', redeemed);
}

async function readSeededLogin(deployment: Deployment): Promise<SeededLogin> {
  const response = await callProvider(deployment, '/local/demo');
  const login = v.safeParse(seeded, await bodyOf(response));
  if (!response.ok || !login.success)
    throw new Error(`no client and user were seeded; start the provider with ${installation.startCommand}`);
  return login.output;
}

async function postForm(
  deployment: Deployment,
  path: string,
  { login, form }: { login: SeededLogin; form: Record<string, string> },
): Promise<Answer> {
  const authorization = `Basic ${Buffer.from(`${login.client_id}:${login.client_secret}`).toString('base64')}`;
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
  return `${step} was answered ${status}${error}`;
}
