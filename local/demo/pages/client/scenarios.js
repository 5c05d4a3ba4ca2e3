// The three scenarios: who asks, in which words, and what the phone will show.

/**
 * @typedef {object} Scenario
 * @property {string} id also the value of `data-scenario`, and `scenario-<id>` is its tab
 * @property {string} clientId the seeded client that asks; without it the demo's first client does
 * @property {string} name for the list of exchanges
 * @property {string} place whose console it is
 * @property {string} title heading of the console
 * @property {string} hintLabel
 * @property {boolean} prefillsHint the agent knows the caller; at the kiosk the user types
 * @property {string} messageLabel
 * @property {() => string} message a new binding message
 * @property {string} scope
 * @property {string} [audience] the API that the access token is for
 * @property {string} askLabel
 * @property {string} lesson why the scenario is worth a look
 */

/** Without letters and digits that are mistaken for each other. */
const CODE_ALPHABET = '234679ACDEFHJKMNPRTVWXY';

/** @type {Scenario[]} */
export const SCENARIOS = [
  {
    id: 'call-centre',
    clientId: 'call-centre',
    name: 'Call centre',
    place: 'The agent’s desktop',
    title: 'Identify the caller',
    hintLabel: 'Who is calling? (login hint)',
    prefillsHint: true,
    messageLabel: 'What the phone shows (binding message)',
    message: () => 'You are talking to Sam at support',
    scope: 'openid profile',
    askLabel: 'Ask on the phone',
    lesson: 'No security questions, no date of birth read out loud: the caller confirms on a device of their own.',
  },
  {
    id: 'kiosk',
    clientId: 'bike-kiosk',
    name: 'Bike kiosk',
    place: 'The kiosk at the bike rack',
    title: 'Unlock bike 4711',
    hintLabel: 'Your e-mail address (login hint)',
    prefillsHint: false,
    messageLabel: 'What the phone shows (binding message)',
    message: () => 'Unlock bike 4711',
    scope: 'openid bikes:unlock',
    audience: 'https://bikes.example.com',
    askLabel: 'Unlock with my phone',
    lesson: 'A kiosk is no place to type a password, and a bike lock has no browser to redirect.',
  },
  {
    id: 'bank',
    clientId: 'bank',
    name: 'Bank transfer',
    place: 'The bank’s website',
    title: 'Confirm a payment',
    hintLabel: 'Customer (login hint)',
    prefillsHint: true,
    messageLabel: 'What the phone shows (binding message)',
    message: () => `Pay 249.90 EUR to Harbor Bikes. Code ${newCode()}`,
    scope: 'openid transfer',
    audience: 'https://bank.example.com',
    askLabel: 'Ask on the phone',
    lesson: 'The code ties this screen to the phone. If they differ, somebody else is asking: deny.',
  },
];

/**
 * The code in a binding message, when it has one.
 * @param {string} bindingMessage
 */
export function codeIn(bindingMessage) {
  return /\bCode (\w{3,8})/.exec(bindingMessage)?.[1];
}

/**
 * What the provider would hold against this message, or undefined: 1 to 64 letters, digits, punctuation, currency
 * signs, plus and space. The page says so early, but still lets the provider have the last word.
 * @param {string} message
 */
export function messageObjection(message) {
  const length = [...message.normalize('NFC')].length;
  if (length > 64) return `${length} characters, and 64 is the most: the provider will refuse it.`;
  if (/[^\p{L}\p{M}\p{N}\p{P}\p{Sc}+ ]/u.test(message)) {
    return 'Only letters, digits, punctuation, currency signs, plus and space: the provider will refuse it.';
  }
  return undefined;
}

function newCode() {
  const random = crypto.getRandomValues(new Uint8Array(4));
  return Array.from(random, (byte) => CODE_ALPHABET[byte % CODE_ALPHABET.length]).join('');
}
