import type { Registration } from '../../core/client/client.ts';
import { type DeviceResponse, reportsFraud } from '../../core/deciding/device-response.ts';
import { blockOf } from '../../core/person/client-block.ts';
import { ok } from '../../core/result.ts';
import type { OpenQuestions, OpenRequests } from '../asking/ports.ts';
import type { AuthenticatedDevice } from '../device/authenticate-device.ts';
import { type AuditedPorts, auditedChange } from '../operating/audited-change.ts';
import type { ClientBlockRecords } from '../person/ports.ts';
import type { Settings } from '../ports.ts';
import type { StoredDetails } from './ports.ts';

/** What these steps need. */
export type ClientDenialPorts = AuditedPorts & {
  readonly blockRecords: ClientBlockRecords;
  readonly openRequests: Pick<OpenRequests, 'close'>;
  readonly openQuestions: Pick<OpenQuestions, 'remove'>;
  readonly settings: Settings;
};

/** A valid answer, with the details of the request that it decides. */
type Answered = {
  readonly requestId: string;
  readonly answer: DeviceResponse;
  readonly by: AuthenticatedDevice;
  readonly details: StoredDetails;
};

/** Returns the client that asks. */
function clientOf({ asked: { clientId }, registrationId }: StoredDetails): Registration {
  return { clientId, registrationId };
}

/** Whether an answer blocks the client. */
const blocks = ({ settings }: ClientDenialPorts, answer: DeviceResponse): boolean =>
  settings.blocksReported && reportsFraud(answer);

/**
 * Blocks the client for this user if the answer reports fraud. It happens before the denial is committed: a process that
 * ends in between leaves a client that is blocked, and a request that the phone can still deny. The other way round, the
 * denial could be the last that was heard of the report.
 */
export async function blockReported(ports: ClientDenialPorts, answered: Answered): Promise<void> {
  const { requestId, answer, by, details } = answered;
  if (!blocks(ports, answer)) return;
  const client = clientOf(details);
  const { sub, deviceId } = by.device;
  const event = { event: 'client_blocked', requestId, sub, clientId: client.clientId, by: deviceId } as const;
  await auditedChange(ports, { event, takesAway: true }, async () => {
    const at = ports.clock();
    const isCounted = ports.settings.denialPause !== undefined;
    await ports.blockRecords.recordReport({ owner: by.user, client, at, requestId, isCounted });
    return ok(true);
  });
}

/**
 * Lets the client pause after a denial, or ends its pause after an approval. The decision is committed already, and stays
 * as it is if this fails.
 */
export async function changePause(ports: ClientDenialPorts, answered: Answered): Promise<void> {
  const { requestId, answer, by, details } = answered;
  const client = clientOf(details);
  const { clientId } = client;
  const owner = by.user;
  const { blockRecords, settings, clock } = ports;
  await closeRequest(ports, { sub: owner.sub, requestId, details });
  if (!settings.denialPause || details.isSynthetic || blocks(ports, answer)) return;
  if (answer.decision === 'deny') await Promise.allSettled([blockRecords.recordDenial({ owner, client, at: clock() })]);
  else if (details.isAfterDenial) await Promise.allSettled([blockRecords.endPause({ owner, clientId })]);
}

/** Lets the client ask the user again, where it may have one request open only, or must send a message with the next. */
export async function closeRequest(
  ports: Pick<ClientDenialPorts, 'openRequests' | 'openQuestions'>,
  { sub, requestId, details }: { readonly sub: string; readonly requestId: string; readonly details: StoredDetails },
): Promise<void> {
  const { expiresAt, isOnlyOne, questionId: id } = details;
  const opened = { sub, clientId: clientOf(details).clientId };
  await Promise.allSettled([
    isOnlyOne && ports.openRequests.close({ ...opened, requestId }),
    id !== undefined && ports.openQuestions.remove({ ...opened, expiresAt, id }),
  ]);
}

/** Whether the user of a device reported the client of a request as fraud. */
export function isOfReported(
  { settings: { blocksReported } }: Pick<ClientDenialPorts, 'settings'>,
  { blocks: denied = [], user: { profileId } }: AuthenticatedDevice,
  client: Registration,
): boolean {
  return blocksReported && blockOf(denied, { client, profileId })?.report !== undefined;
}

/** Returns the details of a request, unless the user of the device reported its client as fraud. */
export function unlessReported<Details extends StoredDetails>(
  ports: Pick<ClientDenialPorts, 'settings'>,
  by: AuthenticatedDevice,
  details: Details | undefined,
): Details | undefined {
  return details && isOfReported(ports, by, clientOf(details)) ? undefined : details;
}
