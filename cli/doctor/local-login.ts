import { plainLine } from '../command-line/text-layout.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { callPublicly } from './public-call.ts';

type Cast = { readonly client_id: string; readonly client_secret: string; readonly login_hint: string };
type Body = Readonly<Record<string, unknown>>;
type Answer = { readonly status: number; readonly body: Body };

/**
 * One login of the first seeded client and user, approved by the unattended phone. Tells the step that did not go as it
 * must. Throws where the runtime has nobody to log in.
 */
export async function loginLocally(deployment: Deployment): Promise<string | undefined> {
  const cast = await readCast(deployment);
  const post = (path: string, form: Record<string, string>) => postForm(deployment, path, { cast, form });
  const login_hint = cast.login_hint;
  const asked = await post('/bc-authorize', { scope: 'openid', login_hint, binding_message: 'ciba doctor' });
  // Each user may be asked only so often, which is no fault.
  if (asked.status === 403) throw new Error('the first user was asked too often; try again in a minute');
  if (asked.status !== 200) return failed('the authentication request', asked);
  const auth_req_id = String(asked.body['auth_req_id']);
  const decided = await post(`/local/decide?auth_req_id=${encodeURIComponent(auth_req_id)}&action=allow`, {});
  if (decided.status === 404) throw new Error('the first seeded user has no phone of its own');
  if (decided.status !== 200) return failed('the approval', decided);
  const redeemed = await post('/token', { grant_type: 'urn:openid:params:grant-type:ciba', auth_req_id });
  return redeemed.status === 200 && redeemed.body['id_token'] ? undefined : failed('the token request', redeemed);
}

async function readCast(deployment: Deployment): Promise<Cast> {
  const response = await callPublicly(deployment, '/local/demo');
  const cast = await bodyOf(response);
  if (!response.ok || typeof cast['client_id'] !== 'string')
    throw new Error('no client and user were seeded; start it with npm start');
  return cast as Cast;
}

async function postForm(
  deployment: Deployment,
  path: string,
  { cast, form }: { cast: Cast; form: Record<string, string> },
): Promise<Answer> {
  const authorization = `Basic ${Buffer.from(`${cast.client_id}:${cast.client_secret}`).toString('base64')}`;
  const response = await callPublicly(deployment, path, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
  });
  return { status: response.status, body: await bodyOf(response) };
}

async function bodyOf(response: Response): Promise<Body> {
  return (await response.json().catch(() => ({}))) as Body;
}

function failed(step: string, { status, body }: Answer): string {
  const error = body['error'] === undefined ? '' : ` ${plainLine(body['error'])}`;
  return `${step} is answered ${status}${error}`;
}
