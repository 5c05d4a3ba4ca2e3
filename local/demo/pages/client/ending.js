// The end of a story, in the place of the question.

import { byId, element } from '../elements.js';
import { shortName } from '../people.js';

/** @typedef {import('./scenarios.js').Ending} Ending */

/** @param {Ending} ending */
export function showEnding({ title, text, facts = [] }) {
  byId('ending-title').textContent = title;
  byId('ending-text').replaceChildren(...withCommands(text));
  byId('ending-facts').replaceChildren(
    ...facts.map(([label, value]) => element('div', {}, element('dt', {}, label), element('dd', {}, value))),
  );
}

/**
 * Makes code of the commands in a text.
 * @param {string} text
 */
function withCommands(text) {
  return text
    .split(/(npm start(?: --(?: --[a-z]+ [a-z\d]+)+)?)/)
    .map((part) => (part.startsWith('npm ') ? element('code', {}, part) : part));
}

/**
 * Tells what the company cannot see: that the user reported it. Hides the note without a report.
 * @param {{ person: import('../people.js').Person, clientName: string } | undefined} report
 * @param {() => Promise<boolean>} unblock lets the client ask again, as an operator does; whether that worked
 */
export function showBehind(report, unblock) {
  const note = byId('behind');
  note.hidden = report === undefined;
  if (report === undefined) return note.replaceChildren();
  const { person, clientName } = report;
  const name = shortName(person.name);
  const told = element('span', { class: 'told', role: 'status' });
  const button = element('button', { type: 'button', id: 'unblock' }, 'Unblock it, as an operator');
  button.addEventListener('click', async () => {
    const isDone = await unblock();
    told.textContent = isDone ? 'Unblocked.' : 'That did not work.';
    button.hidden = isDone;
  });
  return note.replaceChildren(
    element('h4', {}, 'What the company cannot see'),
    element(
      'p',
      {},
      `${name} pressed “This was not me”. The company gets access_denied and a pause, as after any denial. When ${clientName} then asks again, no phone rings, and after 5 to 45 seconds it is told the same.`,
    ),
    element('p', {}, 'Operators see it: ', element('code', {}, `npm run ciba -- user blocks ${person.sub}`)),
    element('div', { class: 'copying' }, button, told),
  );
}
