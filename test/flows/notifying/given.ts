import type { Client } from '../../../provider/core/client/client.ts';
import type { AuthenticationRequest } from '../../../provider/core/deciding/authentication-request.ts';
import { requestIdOf } from '../../../provider/core/digest.ts';
import { type NotifyPorts, notifyClient } from '../../../provider/flows/notifying/notify-client.ts';
import type { Notifications, SentNotification } from '../../../provider/flows/notifying/ports.ts';
import { DEVICE, NOW, requestIn, USER } from '../../core/given.ts';
import { BANK, clientsIn } from '../world/clients.ts';
import { devicesIn } from '../world/devices.ts';
import { peopleIn } from '../world/people.ts';
import { pushesIn } from '../world/pushes.ts';
import { signerIn } from '../world/signatures.ts';
import { startWorld } from '../world/world.ts';

export const REQUEST_ID = requestIdOf('auth-req-1');
export const ENDPOINT = 'https://bank.example/ping';
const ADDRESS = { token: 'bearer-1', authReqId: 'auth-req-1' };

type Lease = { holder: string; until: number };

/** A bank in ping mode, and a decision that was announced to it. */
export function notifyingWorld(
  request: AuthenticationRequest | undefined = requestIn('approved'),
  client: Partial<Client> = { deliveryMode: 'ping', notificationEndpoint: ENDPOINT },
) {
  const world = startWorld();
  const { journal } = world;
  const requests = new Map(request ? [[REQUEST_ID, { ...request, requestId: REQUEST_ID }]] : []);
  const waiting: {
    address: typeof ADDRESS | undefined;
    tries: number;
    lease: Lease | undefined;
    isStored: boolean;
  } = {
    isStored: true,
    address: ADDRESS,
    tries: 0,
    lease: undefined,
  };
  const isHeldBy = (holder: string) => waiting.lease?.holder === holder;
  const notifications: Notifications = journal.port({
    findRequest: async (requestId) => {
      journal.begin('find request');
      return requests.get(requestId);
    },
    claim: async ({ now, until, holder }) => {
      journal.begin(`claim for ${until - now} seconds`);
      if (!waiting.isStored) return { outcome: 'not_stored' };
      if (!waiting.address) return { outcome: 'over' };
      if (waiting.lease && waiting.lease.until > now)
        return { outcome: 'claimed_by_another', until: waiting.lease.until };
      waiting.lease = { holder, until };
      waiting.tries += 1;
      return { outcome: 'claimed', address: waiting.address, tries: waiting.tries };
    },
    recordNotified: async ({ holder }) => {
      journal.begin('record notified');
      if (isHeldBy(holder)) waiting.address = undefined;
    },
    forget: async () => {
      journal.begin('forget');
      waiting.address = undefined;
    },
    release: async ({ holder }) => {
      journal.begin('release');
      if (isHeldBy(holder)) waiting.lease = undefined;
    },
  });
  const endpoint: { answers: SentNotification } = { answers: { status: 204 } };
  const sent: unknown[] = [];
  const { clients, copy, stored } = clientsIn(journal, [{ ...BANK, ...client }]);
  const { people, users } = peopleIn(journal, [USER]);
  const { devices, stored: enrolled } = devicesIn(journal, [DEVICE]);
  const { signer, signed } = signerIn(journal);
  const { ports: pushPorts, ...push } = pushesIn(journal, requests);
  const ports: NotifyPorts = {
    ...world.ports,
    ...pushPorts,
    people,
    devices,
    signer,
    notifications,
    clients,
    sender: {
      send: async (notification) => {
        journal.begin('send');
        sent.push(notification);
        return endpoint.answers;
      },
    },
  };
  const notify = (announcedAt = NOW, message: { watchesExpiry?: true } = {}) =>
    notifyClient(ports, { requestId: REQUEST_ID, announcedAt, correlationId: 'correlation-1', ...message });
  const directory = { users, enrolled, registered: stored };
  return { ...world, ...push, ...directory, requests, copy, waiting, endpoint, sent, signed, notify };
}
