/**
 * A client in push mode: it asks one user, receives the tokens at its own endpoint and checks them (docs/push-mode.md).
 */
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { json } from 'node:stream/consumers';
import { createRemoteJWKSet, jwtVerify } from 'jose';

const ISSUER = variable('ISSUER');
const CLIENT_ID = variable('CLIENT_ID');
const LOGIN_HINT = variable('LOGIN_HINT');
const { CERT = 'cert.pem', KEY = 'key.pem', PORT = '8443' } = process.env;

function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`set ${name}; docs/push-mode.md says how to register`);
  return value;
}

const notificationToken = randomBytes(32).toString('base64url');
const asked = Promise.withResolvers<string>();
const keys = createRemoteJWKSet(new URL('.well-known/jwks.json', ISSUER));

type Push = { auth_req_id: string; access_token: string; id_token: string; error?: string };

/** Returns the status for a push: 204 for the client's own request, tokens or error. */
async function receive(push: Push): Promise<number> {
  if (push.auth_req_id !== (await asked.promise)) return 401;
  if (push.error === undefined) {
    const { payload } = await jwtVerify(push.id_token, keys, { issuer: ISSUER, audience: CLIENT_ID });
    const hash = createHash('sha256').update(push.access_token).digest().subarray(0, 16).toString('base64url');
    if (payload['urn:openid:params:jwt:claim:auth_req_id'] !== push.auth_req_id) return 400;
    if (payload['at_hash'] !== hash) return 400;
  }
  console.log(push.error ?? `tokens of ${LOGIN_HINT}`);
  return 204;
}

const server = createServer({ cert: readFileSync(CERT), key: readFileSync(KEY) }, async (request, response) => {
  const isOurs = request.headers.authorization === `Bearer ${notificationToken}`;
  const status = isOurs ? await receive((await json(request)) as Push).catch(() => 400) : 401;
  response.writeHead(status).end();
  if (status === 204) server.close();
});
await new Promise<void>((resolve) => server.listen(Number(PORT), resolve));

const answer = await fetch(new URL('bc-authorize', ISSUER), {
  method: 'POST',
  headers: { authorization: `Basic ${btoa(`${CLIENT_ID}:${variable('CLIENT_SECRET')}`)}` },
  body: new URLSearchParams({
    scope: 'openid',
    login_hint: LOGIN_HINT,
    client_notification_token: notificationToken,
  }),
});
const { auth_req_id, error_description } = (await answer.json()) as {
  auth_req_id?: string;
  error_description?: string;
};
if (auth_req_id === undefined) throw new Error(error_description);
asked.resolve(auth_req_id);
