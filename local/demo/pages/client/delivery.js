// How a client hears of the answer: by polling, by a ping or by a push (CIBA §5).

import { byId, field } from '../elements.js';

/** @typedef {import('./backend.js').Client} Client */
/** @typedef {'poll' | 'ping' | 'push'} Delivery */

/** @type {Delivery[]} */
const DELIVERIES = ['poll', 'ping', 'push'];

/**
 * What a client is registered for: how it hears of the answer, and who enters a number, if anybody.
 * @typedef {{ delivery: Delivery, numbers: '' | 'phone_enters' | 'client_enters' }} Registration
 */

/** Choices of the page. A client is registered for one of each, so this page registers it once more. */
export class DeliveryChoice {
  /** @type {Delivery} */
  chosen = 'poll';

  /** @param {(delivery: Delivery) => void} onChoose */
  constructor(onChoose) {
    field('numbers').value = '';
    byId('numbers').addEventListener('change', () => onChoose(this.chosen));
    for (const delivery of DELIVERIES) {
      // A browser remembers the choice over a reload.
      field(`delivery-${delivery}`).checked = delivery === this.chosen;
      byId(`delivery-${delivery}`).addEventListener('change', () => {
        this.chosen = delivery;
        onChoose(delivery);
      });
    }
  }

  /** @returns {Registration} */
  get registration() {
    return { delivery: this.chosen, numbers: /** @type {Registration['numbers']} */ (field('numbers').value) };
  }
}

/**
 * Registers a client once more, with another registration, as an operator would. Its notification endpoint is the one
 * that npm start has for this page.
 * @param {import('../flow/wire.js').Wire} wire
 * @param {Client} client
 * @param {Registration} registration
 * @returns {Promise<Client | undefined>}
 */
export async function clientFor(wire, client, { delivery, numbers }) {
  const words = [...(delivery === 'poll' ? [] : [delivery]), ...(numbers ? [numbers.replace('_', ' ')] : [])];
  if (words.length === 0) return client;
  const order = {
    like: client.client_id,
    client_id: [client.client_id, ...words].join('-').replaceAll(' ', '-'),
    metadata: {
      // No two clients have the same name on a phone.
      client_name: `${client.client_name} (${words.join(', ')})`,
      ...(delivery !== 'poll' && { backchannel_token_delivery_mode: delivery }),
      ...(numbers && { number_matching: numbers }),
    },
  };
  const headers = { 'content-type': 'application/json' };
  const call = { method: 'POST', path: '/local/client', headers, body: JSON.stringify(order) };
  const { status, json } = await wire.ask({ from: 'page', to: 'local', ...call });
  return status === 201 ? /** @type {Client} */ (json) : undefined;
}
