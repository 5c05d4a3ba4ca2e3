// How the phone of the page gets its enrolment: with a ticket, which the company would show as a QR code.

import { byId } from '../elements.js';
import { enrol } from './device-api.js';
import { saveEnrolment } from './keys.js';

/** @typedef {import('./keys.js').Enrolment} Enrolment */

const NAME = 'Demo phone in the browser';

/**
 * Gets a ticket for a user, enrols with new keys, and keeps them in this browser. Undefined if no answer came: the phone
 * begins again when the provider is back.
 * @param {import('../flow/wire.js').Wire} wire
 * @param {string} loginHint
 * @returns {Promise<{ enrolment: Enrolment } | { failed: [title: string, text: string] } | undefined>}
 */
export async function enrolWithTicket(wire, loginHint) {
  const path = `/local/ticket?login_hint=${encodeURIComponent(loginHint)}`;
  const ticket = await wire.ask({ from: 'page', to: 'local', method: 'POST', path });
  if (ticket.status === 0) return undefined;
  if (ticket.status !== 200) return { failed: ['No ticket', 'The local runtime gave no enrolment ticket.'] };
  const ticketUri = String(ticket.json?.['uri']);
  byId('phone-ticket').textContent = ticketUri;
  const result = await enrol(wire, { ticketUri, name: NAME });
  if ('refused' in result) return { failed: ['Not enrolled', `The enrolment failed: ${result.refused}.`] };
  await saveEnrolment(result.enrolment);
  return result;
}
