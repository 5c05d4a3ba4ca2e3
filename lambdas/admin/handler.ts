import {
  clientBody,
  clientChangeBody,
  logLevelBody,
  userBody,
  userChangeBody,
  userCodeBody,
  userSearchBody,
  userSearchFrom,
} from '../../provider/edge/http/admin-bodies.ts';
import { adminBodyRoute, adminRoute, onlyOperators, pageFrom } from '../../provider/edge/http/admin-call.ts';
import { userPageBody, userPageFrom, userPageFromQuery } from '../../provider/edge/http/admin-user-page.ts';
import { answerCreated, answerDone, answerOk } from '../../provider/edge/http/answer.ts';
import { endpoint } from '../../provider/edge/http/endpoint.ts';
import { mapResult } from '../../provider/edge/http/map-result.ts';
import { answerSelfChecks } from '../../provider/edge/orders/self-check.ts';
import {
  createClient,
  listClients,
  readClient,
  removeClient,
  updateClient,
} from '../../provider/flows/client/manage-clients.ts';
import { createTicket, endTickets, listTickets } from '../../provider/flows/device/manage-tickets.ts';
import { readLogLevel, setLogLevel } from '../../provider/flows/operating/manage-log-level.ts';
import { provePushRights } from '../../provider/flows/operating/prove-push-rights.ts';
import { listUsers } from '../../provider/flows/person/list-users.ts';
import { listBlocks, unblockClient } from '../../provider/flows/person/manage-blocks.ts';
import { removeUserCode, setUserCode } from '../../provider/flows/person/manage-user-code.ts';
import {
  createUser,
  findUser,
  listUserDevices,
  removeUser,
  removeUserDevice,
  updateUser,
} from '../../provider/flows/person/manage-users.ts';
import { wire } from './wiring.ts';

/**
 * The admin API (docs/admin-api.md): clients, users, devices, enrolment tickets, the log level. Every route needs an
 * IAM identity.
 *
 * 400 invalid_request, invalid_client_metadata; 403 access_denied (no IAM identity, or one that is no operator); 404
 * not_found; 409 conflict; 503 temporarily_unavailable (the audit trail cannot be written).
 */
const { ports, recordPorts, log, operators } = wire();

const routes = {
  'POST /admin/clients': adminBodyRoute({ body: clientBody, kind: 'client_metadata' }, async ({ body, by }) =>
    mapResult(await createClient(ports, body, by), answerCreated),
  ),
  'GET /admin/clients': adminRoute(async ({ request }) => {
    const page = pageFrom(request);
    return page.ok ? mapResult(await listClients(ports, page.value), answerOk) : page;
  }),
  'GET /admin/clients/{client_id}': adminRoute(async ({ id }) =>
    mapResult(await readClient(ports, id('client_id')), answerOk),
  ),
  'PATCH /admin/clients/{client_id}': adminBodyRoute(
    { body: clientChangeBody, kind: 'client_metadata' },
    async ({ body, id, by }) => {
      const { new_secret: newSecret, old_secret_expires_in: oldSecretExpiresIn, ...more } = body;
      const { keep_old_secret: keepOldSecret, client_id: _, ...metadata } = more;
      const secrets = { newSecret, oldSecretExpiresIn, keepOldSecret };
      return mapResult(await updateClient(ports, { clientId: id('client_id'), metadata, ...secrets, by }), answerOk);
    },
  ),
  'DELETE /admin/clients/{client_id}': adminRoute(async ({ id, by }) =>
    mapResult(await removeClient(ports, id('client_id'), by), answerDone),
  ),
  'POST /admin/users': adminBodyRoute({ body: userBody }, async ({ body, by }) =>
    mapResult(await createUser(ports, body, by), answerCreated),
  ),
  'GET /admin/users': adminRoute(async ({ request }) => {
    const page = userPageFromQuery(request.query);
    return page.ok ? mapResult(await listUsers(ports, page.value), answerOk) : page;
  }),
  'POST /admin/users/list': adminBodyRoute({ body: userPageBody }, async ({ body }) =>
    mapResult(await listUsers(ports, userPageFrom(body)), answerOk),
  ),
  'POST /admin/users/search': adminBodyRoute({ body: userSearchBody }, async ({ body }) => {
    const search = userSearchFrom(body);
    return search.ok ? mapResult(await findUser(ports, search.value), answerOk) : search;
  }),
  'GET /admin/users/{sub}': adminRoute(async ({ id }) =>
    mapResult(await findUser(ports, { sub: id('sub') }), answerOk),
  ),
  'PATCH /admin/users/{sub}': adminBodyRoute({ body: userChangeBody }, async ({ body, id, by }) =>
    mapResult(await updateUser(ports, { sub: id('sub'), profile: body, by }), answerOk),
  ),
  'DELETE /admin/users/{sub}': adminRoute(async ({ id, by }) =>
    mapResult(await removeUser(ports, id('sub'), by), answerDone),
  ),
  'GET /admin/users/{sub}/requests': adminRoute(async ({ id }) => {
    const { listAskedRequests } = await import('../../provider/flows/person/list-asked-requests.ts');
    return mapResult(await listAskedRequests(await recordPorts(), id('sub')), answerOk);
  }),
  'GET /admin/users/{sub}/export': adminRoute(async ({ id, by }) => {
    const { exportUser } = await import('../../provider/flows/person/export-user.ts');
    return mapResult(await exportUser(await recordPorts(), id('sub'), by), answerOk);
  }),
  'POST /admin/users/{sub}/erase': adminRoute(async ({ id, by }) => {
    const { eraseUser } = await import('../../provider/flows/person/erase-user.ts');
    return mapResult(await eraseUser(await recordPorts(), id('sub'), by), answerDone);
  }),
  'GET /admin/users/{sub}/evidence-keys': adminRoute(async ({ id, by }) => {
    const { readEvidenceKeys } = await import('../../provider/flows/person/export-user.ts');
    return mapResult(await readEvidenceKeys(await recordPorts(), id('sub'), by), answerOk);
  }),
  'POST /admin/users/{sub}/tickets': adminRoute(async ({ id, by }) =>
    mapResult(await createTicket(ports, id('sub'), by), answerCreated),
  ),
  'GET /admin/users/{sub}/tickets': adminRoute(async ({ id }) =>
    mapResult(await listTickets(ports, id('sub')), answerOk),
  ),
  'DELETE /admin/users/{sub}/tickets': adminRoute(async ({ id, by }) =>
    mapResult(await endTickets(ports, id('sub'), by), answerDone),
  ),
  'GET /admin/users/{sub}/devices': adminRoute(async ({ id }) =>
    mapResult(await listUserDevices(ports, id('sub')), answerOk),
  ),
  'DELETE /admin/users/{sub}/devices/{device_id}': adminRoute(async ({ id, by }) =>
    mapResult(await removeUserDevice(ports, { sub: id('sub'), deviceId: id('device_id'), by }), answerDone),
  ),
  'PUT /admin/users/{sub}/user-code': adminBodyRoute({ body: userCodeBody }, async ({ body, id, by }) =>
    mapResult(await setUserCode(ports, { sub: id('sub'), code: body.user_code, by }), answerDone),
  ),
  'DELETE /admin/users/{sub}/user-code': adminRoute(async ({ id, by }) =>
    mapResult(await removeUserCode(ports, id('sub'), by), answerDone),
  ),
  'GET /admin/log-level': adminRoute(async () => mapResult(await readLogLevel(ports), answerOk)),
  'PUT /admin/log-level': adminBodyRoute({ body: logLevelBody }, async ({ body, by }) =>
    mapResult(await setLogLevel(ports, { level: body.level, forSeconds: body.for_seconds, by }), answerOk),
  ),
  'GET /admin/users/{sub}/blocks': adminRoute(async ({ id }) =>
    mapResult(await listBlocks(ports, id('sub')), answerOk),
  ),
  'DELETE /admin/users/{sub}/blocks/{client_id}': adminRoute(async ({ id, by }) =>
    mapResult(await unblockClient(ports, { sub: id('sub'), clientId: id('client_id'), by }), answerDone),
  ),
};

export const handler = answerSelfChecks(() => provePushRights(ports), endpoint(log, onlyOperators(operators, routes)));
