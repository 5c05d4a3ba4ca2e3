import type { Nothing } from '../../core/whole.ts';
import type { EnrolmentTickets } from '../../flows/device/ports.ts';
import type { Key, Table } from './table.ts';

/** A ticket, with the key that used it and the device that it created. */
type TicketForm = {
  readonly sub: string;
  readonly expires_at: number;
  readonly used_by?: string;
  readonly device_id?: string;
  readonly enrolled?: true;
  readonly ttl: number;
};
const ticketKey = (hash: string): Key<TicketForm> => ({ pk: `TICKET#${hash}`, sk: 'TICKET' });
/**
 * How long the item outlives the ticket, in seconds. A phone can repeat its enrolment after a lost answer only until
 * the ticket expires.
 */
const KEEP_SECONDS = 3600;

/**
 * Enrolment tickets in Transactions. The thumbprint of the key that used a ticket acts as a nonce: the same key may use
 * the ticket again, any other key may not.
 */
export class TicketsTable implements EnrolmentTickets {
  readonly #transactions: Table;

  constructor(transactions: Table) {
    this.#transactions = transactions;
  }

  async create(ticket: Parameters<EnrolmentTickets['create']>[0]): Promise<void> {
    const { hash, sub, expiresAt, ...unstored } = ticket;
    unstored satisfies Nothing;
    await this.#transactions.put({ ...ticketKey(hash), sub, expires_at: expiresAt, ttl: expiresAt + KEEP_SECONDS });
  }

  async claim(claim: Parameters<EnrolmentTickets['claim']>[0]): ReturnType<EnrolmentTickets['claim']> {
    const { written, item } = await this.#transactions.update({
      key: ticketKey(claim.hash),
      set: { used_by: claim.keyThumbprint },
      compute: ['#device_id = if_not_exists(#device_id, :fresh)'],
      guard: {
        condition: '#expires_at > :now AND (attribute_not_exists(#used_by) OR #used_by = :key)',
        values: { now: claim.now, key: claim.keyThumbprint, fresh: claim.deviceId },
      },
    });
    if (!written || item?.device_id === undefined) return undefined;
    return { sub: item.sub, deviceId: item.device_id, enrolled: item.enrolled === true };
  }

  async recordEnrolled(hash: string): Promise<void> {
    await this.#transactions.update({ key: ticketKey(hash), set: { enrolled: true } });
  }
}
