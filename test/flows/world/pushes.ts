import type { AuthenticationRequest } from '../../../provider/core/deciding/authentication-request.ts';
import type { PushAnswer } from '../../../provider/core/notifying/push-answer.ts';
import type { SealedTokens } from '../../../provider/core/notifying/sealed-tokens.ts';
import type {
  DeadLetters,
  LaterAnnouncements,
  PushedRequests,
  PushSender,
  TokenSeal,
} from '../../../provider/flows/notifying/ports.ts';
import type { Journal } from './journal.ts';

type Sent = Parameters<PushSender['push']>[0];

/** The world of a client in push mode: its endpoint, the seal of its tokens, and what follows from a message. */
export function pushesIn(journal: Journal, stored: Map<string, AuthenticationRequest>) {
  const pushed: Sent[] = [];
  const letters: Parameters<DeadLetters['record']>[0][] = [];
  const announcedLater: { seconds: number; requestId: string }[] = [];
  const endpoint: { answers: PushAnswer } = { answers: { status: 204 } };
  const deliveryKeys = new Set(['key-1']);
  const pushes: PushSender = {
    push: async (notification) => {
      journal.begin('push');
      pushed.push(notification);
      return endpoint.answers;
    },
  };
  const seal: TokenSeal = journal.port({
    seal: async (body, requestId) => {
      journal.begin('seal');
      return { kid: 'key-1', bytes: Buffer.from(JSON.stringify([requestId, body])) };
    },
    open: async ({ kid, bytes }: SealedTokens, requestId) => {
      journal.begin('open seal');
      const [sealedFor, body] = JSON.parse(Buffer.from(bytes).toString());
      return deliveryKeys.has(kid) && sealedFor === requestId ? body : undefined;
    },
  });
  const requests: PushedRequests = journal.port({
    claimApproved: async ({ request: { requestId }, sealed }) => {
      journal.begin('claim request');
      const request = stored.get(requestId);
      if (request?.state !== 'approved') return { recorded: false, stored: request };
      const { grant, ...facts } = request;
      stored.set(requestId, { ...facts, state: 'redeemed', deviceId: grant.deviceId, sealed });
      return { recorded: true };
    },
    recordTakenBack: async ({ request: { requestId }, because }) => {
      journal.begin(`record taken back: ${because}`);
      const request = stored.get(requestId);
      if (request?.state !== 'approved') return false;
      const { grant, ...facts } = request;
      stored.set(requestId, { ...facts, state: 'failed', takenBack: { because, deviceId: grant.deviceId } });
      return true;
    },
    dropSealed: async (requestId) => {
      journal.begin('drop tokens');
      const request = stored.get(requestId);
      if (request?.state === 'redeemed') stored.set(requestId, { ...request, sealed: undefined });
    },
  });
  const later: LaterAnnouncements = journal.port({
    announceLater: async ({ requestId }, seconds) => {
      journal.begin('announce later');
      announcedLater.push({ seconds, requestId });
    },
  });
  const deadLetters: DeadLetters = journal.port({
    record: async (letter) => {
      journal.begin('record dead letter');
      letters.push(letter);
    },
  });
  const ports = { pushes, seal, requests, later, deadLetters };
  return { ports, pushed, letters, announcedLater, answers: endpoint, deliveryKeys };
}
