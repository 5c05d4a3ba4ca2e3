import type { Asked } from '../../../core/asking/asked.ts';
import { DAY_SECONDS } from '../../../core/asking/rate-window.ts';
import { showClass } from '../../../core/deciding/shown-details.ts';
import { ticketIdOf } from '../../../core/device/enrolment-ticket.ts';
import type {
  KeptAsked,
  KeptBlock,
  KeptDevice,
  KeptEntry,
  KeptEvidenceKey,
  KeptGrant,
  KeptIdentifier,
  KeptLongRequests,
  KeptProfile,
  KeptRateWindow,
  KeptRequest,
  KeptStatus,
  KeptTicket,
  KeptUserCode,
  KeptUserCodeAttempts,
} from '../../../core/person/kept-records.ts';
import type { LoginIdentifier } from '../../../core/person/login-identifier.ts';
import type { Nothing, Told } from '../../../core/whole.ts';
import type { Stored } from '../items.ts';
import { type BlockForm, blockedClientFrom } from './block-form.ts';
import { type DeviceForm, deviceIdFrom } from './device-form.ts';
import type { EvidenceKeyForm } from './evidence-key-form.ts';
import {
  HOUR_SECONDS,
  hourOf,
  type LongWindowForm,
  longWindowFrom,
  minuteOf,
  type RateWindowForm,
  silentClientOf,
  type UserCodeAttemptsForm,
  userCodeAttemptsFrom,
} from './rate-window-form.ts';
import { type DetailsForm, detailsEnd, type RequestForm, requestIdFrom, type StoredGrant } from './request-form.ts';
import type { UserCodeForm } from './user-code-form.ts';
import { type ListedUserForm, type LoginForm, listedUserFrom, type TicketForm, type UserForm } from './user-form.ts';

// What a person is told of their stored items: every attribute that is not left out by its name. An attribute that
// `core/person/kept-records.ts` does not name either does not compile.

/** Leaves out the nonces of writes, which the types do not name. */
function withoutNonces<Item extends object>(item: Item): Item {
  const rest = { ...item };
  for (const name of Object.keys(rest)) if (name.endsWith('_by')) Reflect.deleteProperty(rest, name);
  return rest;
}

export function keptProfile(item: Stored<UserForm>): KeptProfile {
  const { pk: _pk, sk: _sk, devices, ticket, ...told } = withoutNonces(item);
  told satisfies Told<typeof told, KeptProfile>;
  return { ...told, device_ids: [...(devices ?? [])], ticket: ticket && keptTicket(ticket) };
}

/** The hash is left out. Its beginning names the ticket. */
function keptTicket({ hash, ...told }: TicketForm): KeptTicket {
  told satisfies Told<typeof told, KeptTicket>;
  return { ticket_id: ticketIdOf(hash), ...told };
}

export function keptIdentifier({ type, value }: LoginIdentifier, item: Stored<LoginForm>): KeptIdentifier {
  const { pk: _pk, sk: _sk, sub: _sub, put_by: _put_by, ...told } = withoutNonces(item);
  told satisfies Told<typeof told, KeptIdentifier>;
  return { type, value, ...told };
}

export function keptEntry(item: Stored<ListedUserForm>): KeptEntry {
  const { pk: _pk, sk, ...told } = item;
  told satisfies Told<typeof told, KeptEntry>;
  return { profile_id: listedUserFrom(sk).profileId, ...told };
}

export function keptDevice(item: Stored<DeviceForm>): KeptDevice {
  const { pk: _pk, sk, changed_by: _changed_by, ...told } = withoutNonces(item);
  told satisfies Told<typeof told, KeptDevice>;
  return { device_id: deviceIdFrom(sk), ...told };
}

export function keptRequest(item: Stored<DetailsForm>, request: Stored<RequestForm> | undefined): KeptRequest {
  const { pk: _pk, sk, ttl: _ttl, expires_at: _end, number_until: _until, ...more } = withoutNonces(item);
  const { details, asked, ...told } = more;
  told satisfies Told<typeof told, KeptRequest>;
  return {
    request_id: requestIdFrom(sk),
    ...told,
    expires_at: detailsEnd(item),
    details: JSON.parse(new TextDecoder().decode(details)),
    asked: keptAsked(JSON.parse(asked)),
    status: request && keptStatus(request),
  };
}

/** Leaves out what the details have as well. */
function keptStatus(item: Stored<RequestForm>): KeptStatus {
  // A request that rings nobody has no details, so nothing leads to it.
  const { pk: _pk, sk: _sk, ttl: _ttl, denied_from: _never, is_concealed: _nobody, ...more } = withoutNonces(item);
  // Tokens that wait for their delivery are the client's. They are gone in hours.
  const { sealed_tokens: _tokens, sealed_by: _key, deliver_until: _until, ...form } = more;
  // The instants and counts that guards compare. The attempts tell the same.
  const { resends: _sent, next_resend_at: _from, reminders: _tried, next_reminder_at: _then, ...own } = form;
  const { sub: _sub, profile_id: _profile, registration_id: _registration, expires_at: _end, grant, ...shown } = own;
  // The number is only for who has to enter it, and gone with the end. The details say that one was asked for.
  const { number: _number, number_matching: _matching, ...told } = shown;
  told satisfies Told<typeof told, KeptStatus>;
  return { ...told, grant: grant === undefined ? undefined : keptGrant(JSON.parse(grant)) };
}

function keptAsked({ clientId, acrValues, ...told }: Asked): KeptAsked {
  told satisfies Told<typeof told, KeptAsked>;
  return { client_id: clientId, ...told, acr_values: acrValues?.map(showClass) };
}

function keptGrant({ blockCount, deviceId, authTime, ...told }: StoredGrant): KeptGrant {
  told satisfies Told<typeof told, KeptGrant>;
  return { ...told, block_count: blockCount, device_id: deviceId, auth_time: authTime };
}

/** The minutes have attributes of their own, which the type does not name. */
export function keptRateWindow(item: Stored<RateWindowForm>): KeptRateWindow {
  // The two attributes of clients are in no window of a person.
  const { unknown: _unknown, refused_until: _refused, ...own } = withoutNonces(item);
  const { pk: _pk, sk: _sk, count = 0, ttl: _ttl, counted_by: _counted_by, ...minutes } = own;
  const begun = Object.entries(minutes).map(([name, counted]) => [minuteOf(name) * 60, counted]);
  const client_id = silentClientOf(item);
  return {
    ...(client_id !== undefined && { client_id }),
    hour: hourOf(item) * HOUR_SECONDS,
    count,
    minutes: Object.fromEntries(begun),
  };
}

export function keptLongRequests(item: Stored<LongWindowForm>): KeptLongRequests {
  const { pk: _pk, sk: _sk, ttl: _ttl, counted_by: _counted, given_back_by: _given, count = 0, ...untold } = item;
  untold satisfies Nothing;
  const { clientId, day } = longWindowFrom(item);
  return { ...(clientId !== undefined && { client_id: clientId }), day: day * DAY_SECONDS, count };
}

export function keptUserCodeAttempts(item: Stored<UserCodeAttemptsForm>): KeptUserCodeAttempts {
  const { pk: _pk, sk: _sk, ttl: _ttl, counted_by: _counted, given_back_by: _given, count = 0, ...untold } = item;
  untold satisfies Nothing;
  const { clientId, day } = userCodeAttemptsFrom(item);
  return { client_id: clientId, day: day * DAY_SECONDS, count };
}

/** The hash is left out: with it, anybody could try codes without a limit. */
export function keptUserCode({ profile_id, set_at, ...form }: Stored<UserCodeForm>): KeptUserCode {
  const { pk: _pk, sk: _sk, hash: _hash, code_id: _id, ...untold } = form;
  untold satisfies Nothing;
  return { profile_id, set_at };
}

export function keptBlock(item: Stored<BlockForm>): KeptBlock {
  const { pk: _pk, sk, changed_by: _changed_by, ...form } = withoutNonces(item);
  // How a denial that nobody makes is taken back.
  const { denied_before: _before, silent_denials: _marks, ...told } = form;
  told satisfies Told<typeof told, KeptBlock>;
  return { client_id: blockedClientFrom(sk), ...told };
}

/** The key itself is left out: with it, anybody who can read the audit trail could read the evidence. */
export function keptEvidenceKey({ profile_id, made_at, ...form }: Stored<EvidenceKeyForm>): KeptEvidenceKey {
  const { pk: _pk, sk: _sk, key: _key, made_by: _made_by, ...untold } = form;
  untold satisfies Nothing;
  return { profile_id, made_at };
}
