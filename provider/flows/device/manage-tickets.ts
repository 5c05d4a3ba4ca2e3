import { type OpenTicketView, ticketIdOf, viewTicket } from '../../core/device/enrolment-ticket.ts';
import { sha256 } from '../../core/digest.ts';
import { isSamePerson, type User } from '../../core/person/user.ts';
import { ok, type Result, refuse } from '../../core/result.ts';
import { type AuditedPorts, auditedChange } from '../operating/audited-change.ts';
import type { People } from '../person/ports.ts';
import type { Entropy, Settings } from '../ports.ts';
import type { Tickets } from './ports.ts';

/** What this flow needs. */
export type ManageTicketsPorts = AuditedPorts & {
  readonly people: People;
  readonly tickets: Tickets;
  readonly entropy: Entropy;
  readonly settings: Settings;
};
/**
 * An enrolment ticket for one phone of one user. It is shown as a QR code or sent as a link, and used once within
 * minutes.
 */
export type TicketView = {
  readonly ticket: string;
  /** The name of the ticket in the list of tickets. It cannot be used to enrol. */
  readonly ticket_id: string;
  readonly uri: string;
  readonly expires_at: number;
};

const NO_USER = refuse({ reason: 'not_found', what: 'user' });
const REPLACED = refuse({ reason: 'conflict', what: 'ticket' });

/**
 * Makes an enrolment ticket. Its URI contains issuer and ticket, which is all that a phone needs. An earlier ticket of
 * the user ends.
 */
export async function createTicket(ports: ManageTicketsPorts, sub: string, by: string): Promise<Result<TicketView>> {
  const user = await ports.people.find(sub);
  if (!user) return NO_USER;
  return auditedChange(ports, { event: { event: 'ticket_created', sub, by } }, () => issueTicket(ports, user));
}

async function issueTicket(ports: ManageTicketsPorts, user: User): Promise<Result<TicketView>> {
  const { issuer, ticketLifetimeSeconds } = ports.settings;
  const ticket = ports.entropy.secret();
  const hash = sha256(ticket);
  const now = ports.clock();
  const expiresAt = now + ticketLifetimeSeconds;
  const issued = await ports.tickets.issueTicket({ owner: user, ticket: { hash, issuedAt: now, expiresAt } });
  if (!issued.claimed)
    return issued.user && isSamePerson(issued.user, user) ? refuse({ reason: 'conflict', what: 'blocked' }) : NO_USER;
  return ok({
    ticket,
    ticket_id: ticketIdOf(hash),
    uri: `ciba://enrol?issuer=${encodeURIComponent(issuer)}&ticket=${ticket}`,
    expires_at: expiresAt,
  });
}

/** Lists the tickets that a phone can still use, or use again. There is one at most. */
export async function listTickets(
  ports: ManageTicketsPorts,
  sub: string,
): Promise<Result<{ tickets: readonly OpenTicketView[] }>> {
  const user = await ports.people.find(sub);
  if (!user) return NO_USER;
  const { ticket } = user;
  return ok({ tickets: ticket && ports.clock() < ticket.expiresAt ? [viewTicket(ticket)] : [] });
}

/**
 * Ends the user's ticket, if there is one. A device that it enrolled stays. If another call replaced or ended the ticket
 * before, the caller is told, because there may be a newer one. If that call may have come after this one, the ticket is
 * over, and the audit trail says that nobody knows who ended it.
 */
export async function endTickets(ports: ManageTicketsPorts, sub: string, by: string): Promise<Result<true>> {
  const user = await ports.people.find(sub);
  if (!user) return NO_USER;
  const { ticket } = user;
  if (!ticket) return ok(true);
  return auditedChange(ports, { event: { event: 'ticket_ended', sub, by }, takesAway: true }, async (_, unclear) => {
    const ended = await ports.tickets.endTicket({ sub, hash: ticket.hash });
    if (ended === 'unclear') return unclear(ok(true));
    return ended === 'ended' ? ok(true) : REPLACED;
  });
}
