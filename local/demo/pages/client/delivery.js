// How a client hears of the answer: by polling, by a ping or by a push (CIBA §5).

import { byId, field } from '../elements.js';

/** @typedef {import('./backend.js').Client} Client */
/** @typedef {'poll' | 'ping' | 'push'} Delivery */

/** @type {Delivery[]} */
const DELIVERIES = ['poll', 'ping', 'push'];

/** A choice of the page. A client is registered for one way, so this page registers it once more for each. */
export class DeliveryChoice {
  /** @type {Delivery} */
  chosen = 'poll';

  /** @param {(delivery: Delivery) => void} onChoose */
  constructor(onChoose) {
    for (const delivery of DELIVERIES) {
      // A browser remembers the choice over a reload.
      field(`delivery-${delivery}`).checked = delivery === this.chosen;
      byId(`delivery-${delivery}`).addEventListener('change', () => {
        this.chosen = delivery;
        onChoose(delivery);
      });
    }
  }
}

/**
 * Registers a client once more, for another way of delivery, as an operator would. Its notification endpoint is the one
 * that npm start has for this page.
 * @param {import('../flow/wire.js').Wire} wire
 * @param {Client} client
 * @param {Delivery} delivery
 * @returns {Promise<Client | undefined>}
 */
export async function clientFor(wire, client, delivery) {
  if (delivery === 'poll') return client;
  const order = {
    like: client.client_id,
    client_id: `${client.client_id}-${delivery}`,
    // No two clients have the same name on a phone.
    metadata: { client_name: `${client.client_name} (${delivery})`, backchannel_token_delivery_mode: delivery },
  };
  const headers = { 'content-type': 'application/json' };
  const call = { method: 'POST', path: '/local/client', headers, body: JSON.stringify(order) };
  const { status, json } = await wire.ask({ from: 'page', to: 'local', ...call });
  return status === 201 ? /** @type {Client} */ (json) : undefined;
}
