import type { Enrolments, TicketClaim, Tickets } from '../../flows/device/ports.ts';
import type { Entropy } from '../../flows/ports.ts';
import { ticketKey } from './forms/ticket-form.ts';
import { profileKey, ticketForm, type UserForm, userFrom } from './forms/user-form.ts';
import type { Change, Written } from './items.ts';
import type { Table } from './table.ts';

/** How often the issue of a ticket is tried, while others change the user as well. */
const ISSUE_ROUNDS = 5;

type ProfileChange = Omit<Change<UserForm>, 'key' | 'nonce'>;
type Tables = { readonly directory: Table; readonly transactions: Table };

/** The tickets that operators make and end. */
export class TicketsTable implements Tickets {
  readonly #tables: Tables;
  readonly #entropy: Entropy;

  constructor(tables: Tables, entropy: Entropy) {
    this.#tables = tables;
    this.#entropy = entropy;
  }

  /**
   * Issues the ticket in place of the one that is stored at the moment. If others have written since and this ticket
   * may have been issued before, it is a fault: they may have ended it, and a repetition of the SDK must not bring it
   * back.
   */
  async issueTicket({ owner, ticket }: Parameters<Tickets['issueTicket']>[0]): Promise<TicketClaim> {
    const { directory, transactions } = this.#tables;
    const { pk, sk } = profileKey(owner.sub);
    for (let round = 1; round <= ISSUE_ROUNDS; round += 1) {
      const [stored] = await directory.query<UserForm>(pk, { skPrefix: sk });
      const isActive = stored?.profile_id === owner.profileId && stored.status === 'active';
      if (!isActive) return claimFrom({ written: false, item: stored });
      const issued = await this.#change(owner.sub, {
        set: { ticket: ticketForm(ticket) },
        guard: {
          condition: '#profile_id = :profile AND #revision = :seen',
          values: { profile: owner.profileId, seen: stored.revision },
        },
      });
      if (issued.written || issued.item?.ticket?.hash === ticket.hash) {
        // Written second: before that, nobody has the ticket.
        await transactions.put({ ...ticketKey(ticket.hash), sub: owner.sub, ttl: ticket.expiresAt });
        return { claimed: true };
      }
      if (issued.isUnclear) break;
    }
    throw new Error('others changed the user at the same time');
  }

  async endTicket({ sub, hash }: Parameters<Tickets['endTicket']>[0]): ReturnType<Tickets['endTicket']> {
    const { written, isUnclear } = await this.#change(sub, {
      remove: ['ticket'],
      guard: { condition: '#ticket.#hash = :hash', values: { hash } },
    });
    if (written) return 'ended';
    return isUnclear ? 'unclear' : 'changed';
  }

  #change(sub: string, change: ProfileChange): Promise<Written<UserForm>> {
    return this.#tables.directory.update(profileChange(sub, change, this.#entropy));
  }
}

/** Enrolled devices. What enrols them is below. */
export class EnrolledDevicesTable implements Pick<Enrolments, 'withdraw'> {
  readonly #directory: Table;
  readonly #entropy: Entropy;

  constructor(directory: Table, entropy: Entropy) {
    this.#directory = directory;
    this.#entropy = entropy;
  }

  async withdraw({ sub, deviceId }: Parameters<Enrolments['withdraw']>[0]): Promise<void> {
    const deleteFromSet = { devices: new Set([deviceId]) };
    const values = { device: deviceId };
    const keepTicket = () => {
      const isOther = 'attribute_not_exists(#ticket.#device_id) OR #ticket.#device_id <> :device';
      return this.#change(sub, {
        deleteFromSet,
        guard: { condition: `attribute_exists(pk) AND (${isOther})`, values },
      });
    };
    const endTicket = () =>
      this.#change(sub, {
        deleteFromSet,
        remove: ['ticket'],
        guard: { condition: '#ticket.#device_id = :device', values },
      });
    // A ticket enrols one device, once. So if it does not fit the first two writes, it ended in between, and fits
    // again.
    for (const write of [keepTicket, endTicket, keepTicket]) {
      const { written, item } = await write();
      if (written || !item) return;
    }
    throw new Error('the ticket of the user kept changing');
  }

  #change(sub: string, change: ProfileChange): Promise<Written<UserForm>> {
    return this.#directory.update(profileChange(sub, change, this.#entropy));
  }
}

/** Enrolled devices, and the tickets that enrol them. */
export class EnrolmentsTable extends EnrolledDevicesTable implements Enrolments {
  readonly #directory: Table;
  readonly #transactions: Table;
  readonly #entropy: Entropy;

  constructor({ directory, transactions }: Tables, entropy: Entropy) {
    super(directory, entropy);
    this.#directory = directory;
    this.#transactions = transactions;
    this.#entropy = entropy;
  }

  async findTicketOwner(hash: string): Promise<string | undefined> {
    return (await this.#transactions.get(ticketKey(hash)))?.sub;
  }

  async claimTicket(claim: Parameters<Enrolments['claimTicket']>[0]): Promise<TicketClaim> {
    const { sub, hash, keyThumbprint, deviceId, now } = claim;
    const { written, item } = await this.#change(sub, {
      compute: ['#ticket.#used_by = :key', '#ticket.#device_id = :device'],
      add: { devices: new Set([deviceId]) },
      guard: {
        condition:
          '#status = :active AND #ticket.#hash = :hash AND #ticket.#expires_at > :now AND attribute_not_exists(#ticket.#used_by)',
        values: { active: 'active', hash, now, key: keyThumbprint, device: deviceId },
      },
    });
    // If the answer of this write was lost and others wrote before the SDK repeated it, the nonce is theirs. The id of
    // the device, which only this write adds, shows that it was written.
    const isEnrolled = item?.devices?.has(deviceId) === true;
    return claimFrom({ written: written || isEnrolled, item });
  }

  async recordReported({ sub, hash }: Parameters<Enrolments['recordReported']>[0]): Promise<void> {
    await this.#change(sub, {
      compute: ['#ticket.#reported = :reported'],
      guard: { condition: '#ticket.#hash = :hash', values: { hash, reported: true } },
    });
  }

  #change(sub: string, change: ProfileChange): Promise<Written<UserForm>> {
    return this.#directory.update(profileChange(sub, change, this.#entropy));
  }
}

/**
 * Returns a write of the profile, which holds the ticket and the ids of the enrolled devices. It raises the revision of
 * the profile, so that a change of the profile that was read before is not stored over it. The SDK repeats a write
 * whose answer was lost, and others may have written in between. The repetition raises the revision once more, so the
 * profile never has an earlier revision again. It also undoes nothing of theirs: a device id is never given a second
 * time, and each guard names the ticket by its hash. Only the issue of a ticket names the revision that was read.
 */
function profileChange(sub: string, change: ProfileChange, entropy: Entropy): Change<UserForm> {
  const nonce = { attribute: 'put_by', value: entropy.id() };
  return { ...change, add: { ...change.add, revision: 1 }, key: profileKey(sub), nonce };
}

function claimFrom({ written, item }: Written<UserForm>): TicketClaim {
  return written ? { claimed: true } : { claimed: false, user: item && userFrom(item) };
}
