import type { EnrolmentTicket } from '../../../core/device/enrolment-ticket.ts';
import type { LoginIdentifier } from '../../../core/person/login-identifier.ts';
import type { Owner, User } from '../../../core/person/user.ts';
import type { Nothing, Whole } from '../../../core/whole.ts';
import type { Key, Stored } from '../items.ts';

// The stored form of a user and of their login identifiers, in Directory.

/** A profile. */
export type UserForm = Pick<User, 'status' | 'claims' | 'identifiers'> & {
  readonly profile_id: string;
  readonly block_count: number;
  readonly created_at?: number | undefined;
  /** The ids of the enrolled devices. The set disappears with its last id. */
  readonly devices?: ReadonlySet<string> | undefined;
  readonly ticket?: TicketForm | undefined;
  /** How many writes the profile has had. It guards a change that was read before another one. */
  readonly revision: number;
};
/** The ticket of a user. The last three members belong to its use, and `reported` says that others know of it. */
export type TicketForm = {
  readonly hash: string;
  readonly issued_at: number;
  readonly expires_at: number;
  readonly used_by?: string | undefined;
  readonly device_id?: string | undefined;
  readonly reported?: true | undefined;
};
/**
 * A login identifier, which points to its user. Profile id and revision are those of the profile that is written next
 * with this identifier. `put_at` is when it was written. It distinguishes an abandoned identifier from one whose user is
 * being created.
 */
export type LoginForm = {
  readonly sub: string;
  readonly profile_id: string;
  readonly revision: number;
  readonly put_at: number;
  readonly put_by?: string | undefined;
};

/** A user's entry in the list of all users. `put_at` tells an entry that is left over from one of a creation in progress. */
export type ListedUserForm = { readonly put_at: number };

/** The partition that lists all users, in the order of their subjects. */
export const USER_LIST = 'USERS#';
/** Ends the subject in the sort key of an entry. It is in no subject, and sorts before every character of one. */
const SUBJECT_END = '#';
/** The character after it, so that this follows all entries of the subject. */
const AFTER_SUBJECT = '$';

/** Each profile has an entry of its own, so that no call ever deletes the entry that another call relies on. */
export const listedUserKey = ({ sub, profileId }: Owner): Key<ListedUserForm> => ({
  pk: USER_LIST,
  sk: `${entriesOf(sub)}${profileId}`,
});
/** Returns how the sort keys of all entries of a subject begin. */
export const entriesOf = (sub: string): string => `${sub}${SUBJECT_END}`;
/** Returns the place in the list after all entries of a subject. */
export const placeAfter = (sub: string): string => `${sub}${AFTER_SUBJECT}`;

/** Returns whose entry it is. */
export function listedUserFrom(sk: string): Owner {
  const [sub = '', profileId = ''] = sk.split(SUBJECT_END);
  return { sub, profileId };
}

/** Returns the partition of a user, which holds profile and devices. */
export const userPartition = (sub: string): string => `USER#${sub}`;
/** The sort key of profiles. */
export const PROFILE = 'PROFILE';

export const profileKey = (sub: string): Key<UserForm> => ({ pk: userPartition(sub), sk: PROFILE });
export const loginKey = (identifier: LoginIdentifier): Key<LoginForm> => ({
  pk: `LOGIN#${identifier.type}#${identifier.value}`,
  sk: 'LOGIN',
});

export function profileItem(user: User, revision: number): Key<UserForm> & UserForm {
  const { sub, profileId, status, claims, identifiers, deviceIds, ticket, blockCount, createdAt, ...more } = user;
  const { revision: _replaced, ...unstored } = more;
  unstored satisfies Nothing;
  return {
    ...profileKey(sub),
    profile_id: profileId,
    status,
    block_count: blockCount,
    created_at: createdAt,
    claims,
    identifiers,
    devices: deviceIds.length > 0 ? new Set(deviceIds) : undefined,
    ticket: ticket && ticketForm(ticket),
    revision,
  };
}

export function userFrom(item: Stored<UserForm>): Whole<User> {
  return {
    sub: item.pk.slice('USER#'.length),
    profileId: item.profile_id,
    status: item.status,
    claims: item.claims,
    identifiers: item.identifiers,
    deviceIds: [...(item.devices ?? [])],
    ticket: item.ticket && ticketFrom(item.ticket),
    blockCount: item.block_count,
    createdAt: item.created_at,
    revision: item.revision,
  };
}

export function ticketForm({ hash, issuedAt, expiresAt, use, ...unstored }: EnrolmentTicket): TicketForm {
  unstored satisfies Nothing;
  const form = { hash, issued_at: issuedAt, expires_at: expiresAt };
  if (!use) return form;
  const { keyThumbprint, deviceId, isReported, ...unstoredUse } = use;
  unstoredUse satisfies Nothing;
  return { ...form, used_by: keyThumbprint, device_id: deviceId, ...(isReported && { reported: true }) };
}

function ticketFrom(form: TicketForm): Whole<EnrolmentTicket> {
  const { used_by: keyThumbprint, device_id: deviceId, reported } = form;
  const isUsed = keyThumbprint !== undefined && deviceId !== undefined;
  return {
    hash: form.hash,
    issuedAt: form.issued_at,
    expiresAt: form.expires_at,
    use: isUsed ? { keyThumbprint, deviceId, isReported: reported === true } : undefined,
  };
}

export function isProfile(item: Stored<unknown>): item is Stored<UserForm> {
  return item.sk === PROFILE;
}
