// Connects the parts of the page: one client, one phone, and the list of messages between them.

import { Console } from './client/console.js';
import { SCENARIOS } from './client/scenarios.js';
import { byId } from './elements.js';
import { Phone } from './phone/phone.js';
import { runTabs } from './tabs.js';
import { showExchanges } from './wire/exchanges.js';
import { Wire } from './wire/wire.js';

const wire = new Wire();
showExchanges(wire);
const demo = await wire.ask({ from: 'page', to: 'local', path: '/local/demo' });
if (demo.status === 200) run(/** @type {import('./client/backend.js').Demo} */ (demo.json));
else byId('trouble').hidden = false;

/** @param {import('./client/backend.js').Demo} world */
function run(world) {
  const phone = new Phone(wire, world);
  const desk = new Console(wire, world, (loginHint) => phone.belongsTo(loginHint));
  const select = runTabs(byId('scenarios'), (tab) => {
    const scenario = SCENARIOS.find(({ id }) => tab.id === `scenario-${id}`);
    if (!scenario) return;
    byId('stage').dataset['scenario'] = scenario.id;
    byId('console').setAttribute('aria-labelledby', tab.id);
    history.replaceState(null, '', `#${scenario.id}`);
    desk.show(scenario);
  });
  const wanted = SCENARIOS.find(({ id }) => location.hash === `#${id}`) ?? SCENARIOS[0];
  select(byId(`scenario-${wanted?.id}`));
  phone.start();
}
