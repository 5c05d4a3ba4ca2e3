// Connects the parts of the page: a desk that asks, a phone, and the lanes between them. /demo/phone is a phone alone.

import { Console } from './client/console.js';
import { SCENARIOS } from './client/scenarios.js';
import { Connection } from './connection.js';
import { byId } from './elements.js';
import { Lanes } from './flow/lanes.js';
import { Wire } from './flow/wire.js';
import { nameOf } from './people.js';
import { Phone } from './phone/phone.js';
import { startCommand } from './start-command.js';
import { runTabs } from './tabs.js';

const isPhoneAlone = location.pathname === '/demo/phone';
document.body.dataset['page'] = isPhoneAlone ? 'phone' : 'demo';
/** How long the page waits for the provider before it says so. */
const PATIENCE_MS = 2000;
const TROUBLE = `The provider does not answer. Start it with ${startCommand()}. This page goes on by itself when it is back.`;

const opening = setTimeout(() => {
  byId('trouble').textContent = TROUBLE;
}, PATIENCE_MS);
const connection = await Connection.open();
clearTimeout(opening);
byId('trouble').textContent = '';
const wire = new Wire();
wire.addEventListener('no-answer', () => connection.lost());
showConnection();
for (const event of ['lost', 'back']) connection.addEventListener(event, showConnection);
if (isPhoneAlone) openPhone();
else openDemo();

/** Desk, phone and lanes say it each in their place when the provider does not answer. */
function showConnection() {
  document.body.dataset['connection'] = connection.isUp ? 'open' : 'lost';
}

/** Opens the phone of the user whom the address names. */
function openPhone() {
  const wanted = new URLSearchParams(location.search).get('user');
  const owner = wanted === null ? firstUser() : userNamed(wanted);
  byId('title').textContent = `The phone of ${nameOf(owner)}`;
  document.title = `The phone of ${nameOf(owner)}`;
  wire.tellOthers();
  new Phone(wire, connection, owner).start();
}

function openDemo() {
  const owner = firstUser();
  const lanes = new Lanes(wire);
  wire.listenToOthers();
  const phone = new Phone(wire, connection, owner);
  const [first] = SCENARIOS;
  const wanted = SCENARIOS.find(({ id }) => location.hash === `#${id}`) ?? first;
  if (!wanted) return;
  const desk = new Console({ wire, connection, lanes, owner }, wanted);
  const select = runTabs(byId('scenarios'), (tab) => {
    const scenario = SCENARIOS.find(({ id }) => tab.id === `scenario-${id}`);
    if (!scenario) return;
    byId('stage').dataset['scenario'] = scenario.id;
    byId('desk').setAttribute('aria-labelledby', tab.id);
    history.replaceState(null, '', `#${scenario.id}`);
    desk.show(scenario);
  });
  select(byId(`scenario-${wanted.id}`));
  phone.start();
}

/**
 * The user with this `sub`. One whom an operator created is not among the seeded ones.
 * @param {string} sub
 * @returns {import('./connection.js').SeededUser}
 */
function userNamed(sub) {
  const { users, issuer: iss } = connection.demo;
  const hint = JSON.stringify({ format: 'iss_sub', iss, sub });
  return users.find(({ sub: known }) => known === sub) ?? { sub, name: sub, login_hint: hint };
}

/** The user whose phone is on the page. */
function firstUser() {
  const { users, login_hint: hint } = connection.demo;
  return users.find(({ login_hint: known }) => known === hint) ?? { sub: '', login_hint: hint };
}
