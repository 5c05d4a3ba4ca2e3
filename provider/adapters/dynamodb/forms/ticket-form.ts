import type { Key } from '../items.ts';

// The stored form of enrolment tickets, in Transactions.

/** The way from a ticket to its user. Whether the ticket is good is in the user's profile alone. */
export type TicketOwnerForm = { readonly sub: string; readonly ttl: number };
export const ticketKey = (hash: string): Key<TicketOwnerForm> => ({ pk: `TICKET#${hash}`, sk: 'TICKET' });
