import { resultOf } from '../../core/asking/delivery-attempt.ts';
import { decideReminder, REMINDER_LEASE_SECONDS } from '../../core/asking/reminder.ts';
import { ringOf } from '../../core/asking/resend.ts';
import { isSameRegistration } from '../../core/client/client.ts';
import { notedPushes } from '../../core/device/push-error.ts';
import { txnOf } from '../../core/digest.ts';
import type { NotificationReason } from '../../core/notifying/notification-decision.ts';
import { LONGEST_DELAY_SECONDS } from '../../core/notifying/retries.ts';
import type { Noted } from '../../core/operating/log-line.ts';
import type { RateWindows, RecordedAttempt, RungRequests } from '../asking/ports.ts';
import { type Ringing, type WhomToRingPorts, whomToRing } from '../asking/whom-to-ring.ts';
import type { Clients } from '../client/ports.ts';
import type { PushSender } from '../device/ports.ts';
import type { Clock } from '../ports.ts';
import type { Announced, LaterAnnouncements, Notifications, NotifyOutcome } from './ports.ts';

/** What this flow needs. */
export type RemindDevicesPorts = WhomToRingPorts & {
  readonly notifications: Pick<Notifications, 'findRequest'>;
  readonly clients: Pick<Clients, 'findAnew'>;
  readonly rungRequests: Pick<RungRequests, 'findAsked' | 'recordReminder' | 'recordResult'>;
  readonly rateWindows: Pick<RateWindows, 'countForUser' | 'giveBack'>;
  readonly push: PushSender;
  readonly later: LaterAnnouncements;
  readonly clock: Clock;
};

/** The message about a request, and the client that asked, if the request is stored. */
type Message = { readonly announced: Announced; readonly clientId: string };
type Reminder = Ringing & Message;

/**
 * Reminds the phones of a request that ends soon and is still open (docs/resend.md). The message states only that the
 * request is to be looked at: what decides is the request, the user, the devices and the client as they are stored now.
 * It is sent again, delayed, until its time has come. Each try is counted and listed before phones ring, and what came
 * of it after. A crash in between leads to one more try, so a reminder may come twice, and is not lost.
 */
export async function remindDevices(ports: RemindDevicesPorts, announced: Announced): Promise<NotifyOutcome> {
  const { requestId } = announced;
  const request = await ports.notifications.findRequest(requestId);
  const now = ports.clock();
  const message = { announced, clientId: request?.clientId ?? '' };
  if (!ports.settings.reminds) return done(message, { reason: 'reminders_off' });
  const decision = decideReminder(request, now);
  if (decision.outcome === 'drop') return done(message, { reason: decision.because });
  if (decision.outcome === 'wait') return lookLater(ports, message, decision.seconds);
  const client = await ports.clients.findAnew(decision.request.clientId);
  return client && isSameRegistration(decision.request, client)
    ? remind(ports, { ...message, request: decision.request, client, now })
    : done(message, { reason: 'client_replaced' });
}

/** Rings the phones, unless nobody is to be rung. While the client pauses, or the person is busy, it waits. */
async function remind(ports: RemindDevicesPorts, reminder: Reminder): Promise<NotifyOutcome> {
  const { request, now } = reminder;
  const whom = await whomToRing(ports, reminder);
  if (!whom.ok && whom.refusal.reason === 'client_paused')
    return lookLater(ports, reminder, whom.refusal.retryAfterSeconds);
  const detail = whom.ok ? whom.value.silence : whom.refusal.reason;
  if (!whom.ok || detail !== undefined) return done(reminder, { reason: 'nobody_to_remind', detail });
  const { userLimits } = ports.settings;
  const counted = userLimits && (await ports.rateWindows.countForUser(ringOf(request), userLimits, now));
  if (counted?.allowed === false) return lookLater(ports, reminder, counted.retryAfterSeconds);
  const recorded = await ports.rungRequests.recordReminder({ request, now });
  if (!recorded.recorded) {
    await giveBack(ports, reminder);
    return lookLater(ports, reminder, REMINDER_LEASE_SECONDS);
  }
  const { requestId, expiresAt } = request;
  const outcomes = await ports.push.send(
    whom.value.rung,
    { type: 'authentication_request_reminder', requestId, expiresAt },
    now,
  );
  const attempt = { requestId, attempt: { kind: 'reminder', at: now }, place: recorded.place } as const;
  return settle(ports, reminder, { attempt, outcomes });
}

/** Records what came of a try. One that SNS did not accept is made again. */
async function settle(
  ports: RemindDevicesPorts,
  reminder: Reminder,
  { attempt, outcomes }: { attempt: RecordedAttempt; outcomes: Awaited<ReturnType<PushSender['send']>> },
): Promise<NotifyOutcome> {
  const result = resultOf(outcomes);
  await ports.rungRequests.recordResult({ ...attempt, result });
  const { devices, accepted } = result;
  const noted = { devices, accepted, ...notedPushes(outcomes) };
  if (accepted > 0) return done(reminder, { ...noted, reason: 'reminded' });
  await giveBack(ports, reminder);
  return lookLater(ports, reminder, REMINDER_LEASE_SECONDS, noted);
}

/** Ends this message, and sends it again: a message that waits in a function's hands would count as in flight. */
async function lookLater(
  ports: RemindDevicesPorts,
  { announced, clientId }: Message,
  seconds: number,
  noted: Noted = {},
): Promise<NotifyOutcome> {
  const { requestId, correlationId } = announced;
  const delay = Math.min(Math.max(seconds, 1), LONGEST_DELAY_SECONDS);
  await ports.later.announceLater({ requestId, clientId, correlationId, reminds: true }, delay);
  return done({ announced, clientId }, { ...noted, reason: 'reminder_waits' });
}

async function giveBack({ settings, rateWindows }: RemindDevicesPorts, { request, now }: Reminder): Promise<void> {
  if (settings.userLimits) await Promise.allSettled([rateWindows.giveBack(ringOf(request), now)]);
}

function done({ announced, clientId }: Message, noted: Noted & { readonly reason: NotificationReason }): NotifyOutcome {
  return { noted: { txn: txnOf(announced.requestId), ...(clientId !== '' && { client_id: clientId }), ...noted } };
}
