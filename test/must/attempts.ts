import type { Requirement } from './requirement.ts';

const RESEND = 'provider/core/asking/resend.ts';
const RESEND_TEST = 'test/core/asking/resend.test.ts';
const MAY_RESEND = 'a client may have the phones of its request rung again (RFC 10027 §6.1.11)';
const RESEND_FLOW_TEST = 'test/flows/asking/resend-request.test.ts';
const REFUSED = 'a resend is refused (RFC 6749 §5.2)';
const REMINDER = 'provider/core/asking/reminder.ts';
const REMINDER_TEST = 'test/core/asking/reminder.test.ts';
const REMINDER_RULES = 'the reminder of a request (RFC 10027 §6.1.11)';
const REMINDER_FLOW_TEST = 'test/flows/notifying/remind-devices.test.ts';
const REMINDING = 'the reminder of a long request (RFC 10027 §6.1.11)';

/** Phones that ring again for the same request: resends, an extension, and reminders (docs/resend.md). */
export const ATTEMPT_REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'RFC10027-6.1.11.resend-bounded',
    section: 'RFC 10027 §6.1.11',
    level: 'OPEN',
    says: 'A client may have the phones of one request rung three times more, with a pause before each.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: RESEND,
          text: "if (resendsLeft(request, limits) === 0) return refuse({ reason: 'resends_used_up' });",
          broken: '',
        },
        test: { file: RESEND_TEST, titles: [MAY_RESEND, 'a few times for each request, and reminders do not count'] },
      },
      {
        breaks: {
          file: RESEND,
          text: "(attemptsOf(request, 'resend').at(-1)?.at ?? request.issuedAt)",
          broken: 'request.issuedAt',
        },
        test: { file: RESEND_TEST, titles: [MAY_RESEND, 'once the pause after the last time is over'] },
      },
    ],
  },
  {
    id: 'RFC10027-6.1.11.resend-counted',
    section: 'RFC 10027 §6.1.11',
    level: 'OPEN',
    says: 'A resend is counted in the windows of the person, like a request, and rings nobody when they are full.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/flows/asking/resend/ring-again.ts',
          text: 'counted?.allowed === false && !client.isSynthetic',
          broken: 'counted?.allowed === false && client.isSynthetic',
        },
        test: {
          file: RESEND_FLOW_TEST,
          titles: [REFUSED, 'when the person was asked too often: the resend is taken back, with its pause'],
        },
      },
    ],
  },
  {
    id: 'RFC6749-5.2.resend-own',
    section: 'RFC 6749 §5.2',
    level: 'MUST',
    says: 'A request that is unknown or of another client is no open request of this client, so no phone of it rings.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: RESEND,
          text: "if (!isSameRegistration(request, client)) return over('foreign');",
          broken: '',
        },
        test: {
          file: RESEND_FLOW_TEST,
          titles: [REFUSED, 'for a request that is foreign: nobody is read, counted or rung'],
        },
      },
    ],
  },
  {
    id: 'RFC6749-5.2.resend-pending',
    section: 'RFC 6749 §5.2',
    level: 'MUST',
    says: 'A request that was decided, withdrawn or is over is no open request, also if that happens in the same moment.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: RESEND,
          text: "if (now >= request.expiresAt) return over('expired');",
          broken: "if (now > request.expiresAt) return over('expired');",
        },
        test: {
          file: RESEND_FLOW_TEST,
          titles: [REFUSED, 'for a request that is expired: nobody is read, counted or rung'],
        },
      },
      {
        breaks: {
          file: 'provider/flows/asking/resend/ring-again.ts',
          text: 'if (counted?.allowed) await giveBack(ports, ring);',
          broken: '',
        },
        test: {
          file: RESEND_FLOW_TEST,
          titles: [
            REFUSED,
            'if the request is approved in the same moment: nobody is rung, and the person’s window is given back',
          ],
        },
      },
    ],
  },
  {
    id: 'RFC10027-6.1.11.reminder-pending',
    section: 'RFC 10027 §6.1.11',
    level: 'OPEN',
    says: 'A reminder rings only while the request is pending: not after a decision, a withdrawal or the end.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: REMINDER,
          text: "if (request.state !== 'pending') return drop('decided_already');",
          broken: "if (request.state === 'redeemed') return drop('decided_already');",
        },
        test: { file: REMINDER_FLOW_TEST, titles: [REMINDING, 'does not come when the request was decided'] },
      },
      {
        breaks: { file: REMINDER, text: '|| now >= request.expiresAt)', broken: '|| now > request.expiresAt)' },
        test: {
          file: REMINDER_TEST,
          titles: [REMINDER_RULES, 'does not come at the end of the request or after it'],
        },
      },
    ],
  },
  {
    id: 'RFC10027-6.1.11.reminder-bounded',
    section: 'RFC 10027 §6.1.11',
    level: 'OPEN',
    says: 'A reminder comes once, is tried three times at most, and waits while the person was asked too often.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: REMINDER,
          text: 'tries.some(({ accepted = 0 }) => accepted > 0) || ',
          broken: '',
        },
        test: {
          file: REMINDER_FLOW_TEST,
          titles: [REMINDING, 'rings the phones with a message of its own kind, once'],
        },
      },
      {
        breaks: { file: REMINDER, text: ' || tries.length >= MOST_REMINDERS', broken: '' },
        test: { file: REMINDER_TEST, titles: [REMINDER_RULES, 'is tried a few times at most'] },
      },
      {
        breaks: {
          file: 'provider/flows/notifying/remind-devices.ts',
          text: 'if (counted?.allowed === false) return lookLater(ports, reminder, counted.retryAfterSeconds);',
          broken: '',
        },
        test: {
          file: REMINDER_FLOW_TEST,
          titles: [REMINDING, 'waits while the person is asked too often, so that reminders stay within their limit'],
        },
      },
    ],
  },
];
