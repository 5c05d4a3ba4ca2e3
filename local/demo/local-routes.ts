import { X509Certificate } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { TLSSocket } from 'node:tls';
import { functionNames, functions } from '../../infra/functions/deployed-functions.ts';
import { isClientId } from '../../provider/core/client/client.ts';
import type { KeysTestOrder } from '../../provider/core/client/keys-test.ts';
import type { EndpointTestOrder } from '../../provider/core/notifying/endpoint-test.ts';
import { DEFAULTS } from '../../provider/core/operating/defaults.ts';
import { SELF_CHECK } from '../../provider/core/operating/push-rights.ts';
import { AUDIT_BUCKET } from '../runtime/audit-records.ts';
import type { LocalRoutes } from '../runtime/gateway.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { clientRoutes } from './client-routes.ts';
import type { DemoWorld } from './demo-world.ts';
import { type LocalCall, type LocalRoute, send, sendWrong, stream } from './local-call.ts';
import { localControls } from './local-controls.ts';
import { sendLog } from './log-route.ts';
import { sendOpenApi } from './openapi-route.ts';
import { servePage } from './pages.ts';

const routes: Readonly<Record<string, LocalRoute>> = {
  'GET /local/demo': sendDemo,
  'GET /local/person': sendPerson,
  'POST /local/ticket': makeTicket,
  'POST /local/decide': decide,
  'GET /local/push': streamPushes,
  'POST /local/self-check': checkPushRights,
  'POST /local/endpoint-test': (_world, runtime, call) =>
    testClient(runtime, call, (clientId): EndpointTestOrder => ({ test_endpoint_of: clientId })),
  'POST /local/keys-test': (_world, runtime, call) =>
    testClient(runtime, call, (clientId): KeysTestOrder => ({ test_keys_of: clientId })),
  'GET /local/audit-bucket': sendAuditBucket,
  'POST /local/trust': trustCertificate,
  'GET /local/log': (_world, { log }, { query, response }) => sendLog(log, query, response),
  ...clientRoutes,
  ...localControls,
};

/** Makes the routes that only exist on this machine, for callers on it: demo page, tickets, unattended phone. */
export function createLocalRoutes(world: DemoWorld, runtime: Runtime): LocalRoutes {
  return async (request, response, body) => {
    const { pathname, searchParams } = new URL(`http://localhost${request.url?.startsWith('/') ? request.url : '/'}`);
    const isLocal = pathname.startsWith('/local/') || pathname === '/demo' || pathname.startsWith('/demo/');
    if (pathname === '/' && request.method === 'GET') {
      response.writeHead(302, { location: '/demo' }).end();
      return true;
    }
    if (pathname === '/openapi.json' && request.method === 'GET') {
      await sendOpenApi(runtime.url, response);
      return true;
    }
    if (!isLocal) return false;
    if (pathname.startsWith('/demo') && isAtAnotherOrigin(runtime, request)) {
      response.writeHead(302, { location: `${runtime.url}${request.url}` }).end();
      return true;
    }
    if (!runtime.gateway.trusts(request)) {
      send(response, 403, { error: 'access_denied', error_description: 'Only for callers on this machine.' });
      return true;
    }
    // A page that is open from an earlier run comes at once. It must not enrol a phone for a user who is being made.
    if (world.isSeeding && pathname.startsWith('/local/')) {
      send(response, 503, { error: 'temporarily_unavailable', error_description: 'The seed is being created.' });
      return true;
    }
    const route = routes[`${request.method} ${pathname}`];
    if (route) await route(world, runtime, { query: searchParams, request, response, body });
    else if (request.method === 'GET' && !pathname.startsWith('/local/')) await servePage(pathname, response);
    else send(response, 404, { error: 'not_found', error_description: 'There is no such local route.' });
    return true;
  };
}

/** Whether a page came without TLS, although the issuer has it. Its phone could not call the issuer from there. */
function isAtAnotherOrigin({ url, secure }: Runtime, { socket }: IncomingMessage): boolean {
  return secure?.url === url && !(socket instanceof TLSSocket);
}

/**
 * Sends the first client that uses `client_secret_basic` with the first user, the second ones as `other`, lists of all
 * clients and users, how often a user may be asked, and with TLS the file with the authority to trust.
 */
function sendDemo(world: DemoWorld, runtime: Runtime, { response }: LocalCall): void {
  const withSecret = world.clients.filter((client) => client.token_endpoint_auth_method === 'client_secret_basic');
  const pair = (index: number) => {
    const client = withSecret[index];
    const user = world.users[index];
    return (
      client &&
      user && {
        issuer: `${runtime.url}/`,
        client_id: client.client_id,
        client_secret: client.client_secret,
        login_hint: user.login_hint,
      }
    );
  };
  send(response, 200, {
    issuer: `${runtime.url}/`,
    ...(runtime.secure && { authority: runtime.secure.authority.path }),
    ...pair(0),
    other: pair(1),
    clients: world.clients,
    users: world.users,
    limits: DEFAULTS.userLimits,
  });
}

/**
 * Says whom a login hint names, and whether that user has reported the client. The demo page shows whose phone rings.
 */
async function sendPerson(world: DemoWorld, _runtime: Runtime, { query, response }: LocalCall): Promise<void> {
  const person = await world.personFor(query.get('login_hint') ?? '', query.get('client_id') ?? '');
  if (person) send(response, 200, person);
  else sendUnknownHint(response);
}

async function makeTicket(world: DemoWorld, _runtime: Runtime, { query, response }: LocalCall): Promise<void> {
  const ticket = await world.ticketFor(query.get('login_hint') ?? '');
  if (ticket) send(response, 200, ticket);
  else sendUnknownHint(response);
}

function sendUnknownHint(response: ServerResponse): void {
  send(response, 404, { error: 'not_found', error_description: 'No user has this login_hint.' });
}

async function decide(world: DemoWorld, _runtime: Runtime, { query, response }: LocalCall): Promise<void> {
  const action = query.get('action');
  if (action !== 'allow' && action !== 'deny') {
    return sendWrong(response, 'action must be allow or deny.');
  }
  const number = query.get('number');
  const approval = number === null ? 'approve' : { number };
  const answered = await world.decide(query.get('auth_req_id') ?? '', action === 'allow' ? approval : 'deny');
  if (!answered)
    return send(response, 404, {
      error: 'not_found',
      error_description: 'No seeded phone has this request, or the request is over.',
    });
  // After some approvals the phone shows a number.
  const shown = answered.status === 200 ? await answered.json() : {};
  if (answered.ok) return send(response, 200, { ...shown, decision: action });
  send(response, answered.status, await answered.json());
}

/** Streams the pushes for a push token as server-sent events, in place of Apple or Google. */
function streamPushes(_world: DemoWorld, runtime: Runtime, { query, response }: LocalCall): void {
  const token = query.get('token');
  if (!token) {
    sendWrong(response, 'token is required.');
    return;
  }
  stream(response, 'push', (sendEvent) => runtime.push.connect(token, sendEvent));
}

/** Lets each function with rights on push endpoints prove them, as `ciba doctor` does by direct invocations in AWS. */
async function checkPushRights(_world: DemoWorld, runtime: Runtime, { response }: LocalCall): Promise<void> {
  const names = functionNames.filter((name) => functions[name].sns.length > 0);
  const answers = names.map(async (name) => [name, await runtime.host.invoke(name, SELF_CHECK)] as const);
  send(response, 200, Object.fromEntries(await Promise.all(answers)));
}

/**
 * Lets the function that pings clients call the addresses of one, as `ciba client test` does by an invocation in AWS.
 */
async function testClient(
  runtime: Runtime,
  { query, response }: LocalCall,
  orderFor: (clientId: string) => object,
): Promise<void> {
  const clientId = query.get('client_id') ?? '';
  if (!isClientId(clientId))
    return send(response, 400, { error: 'invalid_request', error_description: 'client_id is required.' });
  send(response, 200, await runtime.host.invoke('client-notification', orderFor(clientId)));
}

/** Says where the audit trail is, for `ciba audit`: at the stand-in for S3. */
function sendAuditBucket(_world: DemoWorld, runtime: Runtime, { response }: LocalCall): void {
  send(response, 200, { endpoint: runtime.awsEndpoint, region: 'eu-central-1', bucket: AUDIT_BUCKET });
}

/** Lets pings reach a notification endpoint on this machine, whose certificate `ciba listen` has made. */
async function trustCertificate(_world: DemoWorld, runtime: Runtime, { body, response }: LocalCall): Promise<void> {
  const pem = body.toString();
  if (!isForThisMachine(pem)) return sendWrong(response, 'The body must be a certificate in PEM for localhost.');
  await runtime.trust(pem);
  send(response, 200, { trusted: true });
}

function isForThisMachine(pem: string): boolean {
  try {
    const names = new X509Certificate(pem).subjectAltName?.split(', ') ?? [];
    // Names below localhost are this machine too (RFC 6761 §6.3).
    return names.length > 0 && names.every((name) => /^DNS:([\w-]+\.)?localhost$/.test(name));
  } catch {
    return false;
  }
}
