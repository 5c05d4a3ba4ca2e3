// The three scenarios: the client that asks, its texts, the message on the phone, and how the story ends.

/**
 * What is known when a story ends.
 * @typedef {object} Known
 * @property {string} name of the user: from the ID token, else the hint
 * @property {string} hint
 * @property {string} time of day, as 12:04
 * @property {string} reference of what was approved: the beginning of the access token's jti
 */
/** @typedef {{ title: string, text: string, facts?: [label: string, value: string][] }} Ending */

/**
 * @typedef {object} Scenario
 * @property {string} id also the value of `data-scenario`; `scenario-<id>` is the id of its tab
 * @property {string} clientId the seeded client that asks; if it is missing, the first client asks
 * @property {string} name for the list of logins
 * @property {string} place where the desk is
 * @property {string} title heading of the desk
 * @property {string} hintLabel
 * @property {string} messageLabel
 * @property {() => string} message makes a new binding message
 * @property {string} scope
 * @property {string} [audience] the API that the access token is for
 * @property {string} askLabel
 * @property {string} lesson what the scenario shows
 * @property {(known: Known) => Ending} approved
 * @property {(known: Known) => Ending} denied
 * @property {(known: Known) => Ending} expired
 */

/** Letters and digits that are not easily confused with each other. */
const CODE_ALPHABET = '234679ACDEFHJKMNPRTVWXY';

/** @type {Scenario[]} */
export const SCENARIOS = [
  {
    id: 'call-centre',
    clientId: 'call-centre',
    name: 'Call centre',
    place: 'The agent’s desk',
    title: 'Identify the caller',
    hintLabel: 'Who is calling? (login hint)',
    messageLabel: 'What the phone shows (binding message)',
    message: () => 'You are talking to Sam at support',
    scope: 'openid profile',
    askLabel: 'Ask on the phone',
    lesson: 'The agent asks no security questions. The caller confirms on their own phone.',
    approved: ({ name, time }) => ({
      title: `This is ${name}`,
      text: `Verified ${time}. The agent can go on with the call.`,
    }),
    denied: ({ hint }) => ({
      title: 'Not confirmed',
      text: `The phone of ${hint} said no. The agent ends the call and tells the caller nothing.`,
    }),
    expired: ({ hint }) => ({
      title: 'No answer',
      text: `The phone of ${hint} was not answered in time. The caller is not verified.`,
    }),
  },
  {
    id: 'kiosk',
    clientId: 'bike-kiosk',
    name: 'Bike kiosk',
    place: 'The kiosk at the bike rack',
    title: 'Unlock bike 4711',
    hintLabel: 'Your e-mail address (login hint)',
    messageLabel: 'What the phone shows (binding message)',
    message: () => 'Unlock bike 4711',
    scope: 'openid bikes:unlock',
    audience: 'https://bikes.example.com',
    askLabel: 'Unlock with my phone',
    lesson: 'Users should not type a password at a public kiosk, and a bike lock has no browser.',
    approved: ({ time }) => ({
      title: 'Bike 4711 is yours',
      text: `Unlocked ${time}. The kiosk showed its access token to the lock. Ride safely.`,
    }),
    denied: () => ({
      title: 'Bike 4711 stays locked',
      text: 'The phone said no, so the kiosk has nothing to show to the lock.',
    }),
    expired: () => ({
      title: 'Bike 4711 stays locked',
      text: 'Nobody answered on the phone in time. The next customer can use the kiosk.',
    }),
  },
  {
    id: 'bank',
    clientId: 'bank',
    name: 'Bank transfer',
    place: 'The bank’s website',
    title: 'Confirm a payment',
    hintLabel: 'Customer (login hint)',
    messageLabel: 'What the phone shows (binding message)',
    message: () => `Pay 249.90 EUR to Harbor Bikes. Code ${newCode()}`,
    scope: 'openid transfer',
    audience: 'https://bank.example.com',
    askLabel: 'Ask on the phone',
    lesson:
      'The code shows that this screen and the phone belong together. If the codes differ, someone else asks: deny.',
    approved: ({ time, reference }) => ({
      title: '249.90 EUR sent',
      text: `To Harbor Bikes, approved on the phone at ${time}.`,
      facts: [['Reference', reference]],
    }),
    denied: () => ({ title: 'Nothing was sent', text: 'The customer said no on the phone. No money has moved.' }),
    expired: () => ({
      title: 'Nothing was sent',
      text: 'Nobody answered on the phone in time. No money has moved.',
    }),
  },
];

/**
 * Finds the code in a binding message.
 * @param {string} bindingMessage
 */
export function codeIn(bindingMessage) {
  return /\bCode (\w{3,8})/.exec(bindingMessage)?.[1];
}

/**
 * Says why the provider will refuse a message, or returns undefined. It accepts 1 to 64 letters, digits, punctuation,
 * currency signs, plus and space. The page shows this early but still sends the message, and the provider decides.
 * @param {string} message
 */
export function messageObjection(message) {
  const length = [...message.normalize('NFC')].length;
  if (length > 64) return `${length} characters, but at most 64 are allowed: the provider will refuse it.`;
  if (/[^\p{L}\p{M}\p{N}\p{P}\p{Sc}+ ]/u.test(message)) {
    return 'Only letters, digits, punctuation, currency signs, plus and space are allowed: the provider will refuse it.';
  }
  return undefined;
}

function newCode() {
  const random = crypto.getRandomValues(new Uint8Array(4));
  return Array.from(random, (byte) => CODE_ALPHABET[byte % CODE_ALPHABET.length]).join('');
}
