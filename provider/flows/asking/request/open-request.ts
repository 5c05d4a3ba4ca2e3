import { hasEnded, type MetRequest } from '../../../core/asking/open-request.ts';
import type { Client } from '../../../core/client/client.ts';
import type { Clock, Entropy, Settings } from '../../ports.ts';
import type { MetRequests, OpenQuestions, OpenRequest, OpenRequests } from '../ports.ts';
import type { Askable } from './new-request.ts';

/** What this step needs. */
export type OpeningPorts = {
  readonly openRequests: OpenRequests;
  readonly metRequests: MetRequests;
  readonly openQuestions: OpenQuestions;
  readonly entropy: Entropy;
  readonly settings: Settings;
};

/** What is needed for a reported client. */
export type SilentOpeningPorts = Pick<OpeningPorts, 'openRequests' | 'openQuestions'> & { readonly clock: Clock };

/** An attempt, with the id and the end of the request that it may become. */
export type AttemptToOpen = {
  readonly client: Client;
  readonly requestId: string;
  readonly sub: string;
  readonly expiresAt: number;
};
/** What an attempt opened. */
export type Opened = Pick<Askable, 'opened' | 'question'>;
/** What an attempt opened, and what it met: another request of the client, or another question of the user. */
export type OpenAttempt = Opened & {
  readonly openSeconds: number;
  readonly meetsAnother: boolean;
};

/**
 * Opens what the settings ask for: the only request of the client with this user, and the question beside which others
 * need a message. The synthetic login asks nobody who could confuse two questions.
 */
export async function openRequest(
  ports: OpeningPorts,
  { client, requestId, sub, expiresAt }: AttemptToOpen,
  now: number,
): Promise<OpenAttempt> {
  const { openQuestions, entropy, settings } = ports;
  const request = { sub, clientId: client.clientId, expiresAt };
  const only = settings.hasOneOpenRequest ? { ...request, requestId } : undefined;
  const isAsked = settings.needsMessageWhileOpen && !client.isSynthetic;
  const question = isAsked ? { ...request, id: entropy.id() } : undefined;
  const [openSeconds, meetsAnother] = await Promise.all([
    only ? openOnly(ports, only, now) : 0,
    question ? openQuestions.add(question, now) : false,
  ]);
  return { openSeconds, meetsAnother, opened: openSeconds === 0 ? only : undefined, question };
}

/**
 * Opens the only request of a client with a user. Returns 0, or for how many seconds more the client is told that another
 * one is open. That one is looked at first: if it has ended, it was left open by a function that broke off, and this one
 * takes its place.
 */
async function openOnly(
  ports: Pick<OpeningPorts, 'openRequests' | 'metRequests'>,
  request: OpenRequest,
  now: number,
): Promise<number> {
  const met = await ports.openRequests.open(request, now);
  const left = met && (await replaceEnded(ports, { request, met }, now));
  return left ? Math.max(1, left.toldUntil - now) : 0;
}

async function replaceEnded(
  { openRequests, metRequests }: Pick<OpeningPorts, 'openRequests' | 'metRequests'>,
  { request, met }: { readonly request: OpenRequest; readonly met: MetRequest },
  now: number,
): Promise<MetRequest | undefined> {
  const { requestId } = met;
  if (requestId === undefined) return met;
  const stored = await metRequests.find(requestId);
  return hasEnded(met, stored, now) ? openRequests.open(request, now, requestId) : met;
}

/**
 * Lets what an attempt opened be open until its client hears of the denial, under a mark, and as a question for this
 * client alone. At no instant is nothing open, and the calls are made at once: either would tell the client. It is told of
 * the same end as for every request.
 */
export async function replaceSilently(
  { openRequests, openQuestions, clock }: SilentOpeningPorts,
  { opened, question }: Opened,
  { requestId, expiresAt }: Pick<OpenRequest, 'requestId' | 'expiresAt'>,
): Promise<Opened> {
  const only = opened && { ...opened, requestId, expiresAt, toldUntil: opened.expiresAt };
  const silent = question && { ...question, expiresAt, isSilent: true as const };
  await Promise.all([
    only && openRequests.open(only, clock(), opened.requestId),
    question && openQuestions.remove(question),
    silent && openQuestions.add(silent, clock()),
  ]);
  return { opened: only, question: silent };
}
