import { answerCreated, answerDone, answerOk } from '../../provider/edge/http/answer.ts';
import { deviceChangeBody, enrolmentBody, responseBody, userCodeBody } from '../../provider/edge/http/device-bodies.ts';
import { deviceCallFrom } from '../../provider/edge/http/device-call.ts';
import { endpoint } from '../../provider/edge/http/endpoint.ts';
import { parseJson } from '../../provider/edge/http/json-body.ts';
import { mapResult } from '../../provider/edge/http/map-result.ts';
import { pathParameter } from '../../provider/edge/http/request.ts';
import { answerSelfChecks } from '../../provider/edge/orders/self-check.ts';
import {
  answerRequest,
  listPendingRequests,
  readRequestDetails,
} from '../../provider/flows/deciding/answer-request.ts';
import { enrolDevice } from '../../provider/flows/device/enrol-device.ts';
import { removeDevice, updateDevice } from '../../provider/flows/device/manage-device.ts';
import { setOwnUserCode } from '../../provider/flows/device/set-user-code.ts';
import { provePushRights } from '../../provider/flows/operating/prove-push-rights.ts';
import { wire } from './wiring.ts';

/**
 * The device API (docs/device-api.md): enrol, change and remove a device, set the user code, list and read requests,
 * answer one.
 *
 * 400 invalid_request, invalid_number, invalid_ticket, invalid_push_token, details_mismatch; 401 invalid_device; 403
 * access_denied, insufficient_user_authentication; 404 not_found; 409 already_decided, conflict; 410 expired, withdrawn;
 * 503 temporarily_unavailable (the audit trail cannot be written).
 */
const { ports, log } = await wire();

const routes = endpoint(log, {
  'POST /devices': async (request) => {
    const body = parseJson(request, enrolmentBody);
    return body.ok ? mapResult(await enrolDevice(ports, { ...body.value, note: request.note }), answerCreated) : body;
  },
  'PATCH /devices/{device_id}': async (request) => {
    const body = parseJson(request, deviceChangeBody);
    if (!body.ok) return body;
    const call = { ...deviceCallFrom(request), deviceId: pathParameter(request, 'device_id'), change: body.value };
    return mapResult(await updateDevice(ports, call), answerOk);
  },
  'DELETE /devices/{device_id}': async (request) => {
    const call = { ...deviceCallFrom(request), deviceId: pathParameter(request, 'device_id') };
    return mapResult(await removeDevice(ports, call), answerDone);
  },
  'PUT /device/user-code': async (request) => {
    const body = parseJson(request, userCodeBody);
    if (!body.ok) return body;
    return mapResult(
      await setOwnUserCode(ports, { ...deviceCallFrom(request), code: body.value.user_code }),
      answerDone,
    );
  },
  'GET /device/requests': async (request) =>
    mapResult(await listPendingRequests(ports, deviceCallFrom(request)), (pending) =>
      answerOk({
        requests: pending.map(({ requestId, issuedAt, expiresAt, numberMatching, isAwaitingNumber, timesRung }) => ({
          request_id: requestId,
          issued_at: issuedAt,
          expires_at: expiresAt,
          number_matching: numberMatching,
          awaiting_number: isAwaitingNumber,
          times_rung: timesRung,
        })),
      }),
    ),
  'GET /device/requests/{request_id}': async (request) => {
    const call = { ...deviceCallFrom(request), requestId: pathParameter(request, 'request_id') };
    return mapResult(await readRequestDetails(ports, call), ({ bytes, numberMatching }) =>
      answerOk({ details: Buffer.from(bytes).toString('base64url'), number_matching: numberMatching }),
    );
  },
  'POST /device/requests/{request_id}/response': async (request) => {
    const body = parseJson(request, responseBody);
    if (!body.ok) return body;
    const { correlationId, note } = request;
    const call = { ...body.value, requestId: pathParameter(request, 'request_id'), correlationId, note };
    return mapResult(await answerRequest(ports, call), ({ number }) =>
      number === undefined ? answerDone() : answerOk({ number }),
    );
  },
});

export const handler = answerSelfChecks(() => provePushRights(ports), routes);
