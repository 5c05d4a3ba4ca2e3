import type { DeliveryAttempt } from '../asking/delivery-attempt.ts';
import type { AuthenticationRequest, FailureCause } from '../deciding/authentication-request.ts';
import type { ShownClass } from '../deciding/shown-details.ts';
import type { PublicJwk } from '../keys/jwk.ts';
import type { LoginIdentifier } from './login-identifier.ts';
import type { User, UserClaims } from './user.ts';

/**
 * Everything that the tables hold of one subject, in the form in which the person gets it. Nothing in it is a secret:
 * hashes of tickets and evidence keys are left out, and nothing of another person is in it. Instants are epoch seconds.
 */
export type KeptRecords = {
  /** Absent if the user was removed, and only other records are left. */
  readonly profile?: KeptProfile;
  /** The login identifiers that lead to the profile. */
  readonly login_identifiers: readonly KeptIdentifier[];
  /** The entries in the list of all users. Without a profile of the same id, a creation or a removal broke off. */
  readonly listed: readonly KeptEntry[];
  readonly devices: readonly KeptDevice[];
  /** The requests whose details are still stored: until an hour after their end. */
  readonly requests: readonly KeptRequest[];
  readonly rate_windows: readonly KeptRateWindow[];
  /** How many long-lived requests the person got in each day. */
  readonly long_requests: readonly KeptLongRequests[];
  /** How many user codes clients sent. */
  readonly user_code_attempts: readonly KeptUserCodeAttempts[];
  /** That there is a user code, without its hash. It may be that of a former person with this subject. */
  readonly user_code?: KeptUserCode | undefined;
  /** The clients that the person denied or reported. */
  readonly blocks: readonly KeptBlock[];
  readonly evidence_keys: readonly KeptEvidenceKey[];
};

/** The profile. `device_ids` are the devices that count. */
export type KeptProfile = Pick<User, 'status' | 'identifiers'> & {
  readonly profile_id: string;
  readonly claims: UserClaims;
  readonly block_count: number;
  readonly created_at?: number | undefined;
  readonly revision: number;
  readonly device_ids: readonly string[];
  readonly ticket?: KeptTicket | undefined;
};

/** The enrolment ticket. `used_by` is the thumbprint of the key that used it (RFC 7638), for `device_id`. */
export type KeptTicket = {
  readonly ticket_id: string;
  readonly issued_at: number;
  readonly expires_at: number;
  readonly used_by?: string | undefined;
  readonly device_id?: string | undefined;
  readonly reported?: true | undefined;
};

/** A login identifier, and which profile wrote it when. */
export type KeptIdentifier = LoginIdentifier & {
  readonly profile_id: string;
  readonly revision: number;
  readonly put_at: number;
};

/** An entry in the list of all users, and when it was put there. */
export type KeptEntry = { readonly profile_id: string; readonly put_at: number };

/** A device. `reach` is `none` for a device that is never pushed to. */
export type KeptDevice = {
  readonly device_id: string;
  readonly name: string;
  readonly enrolled_at: number;
  readonly reach: string;
  readonly platform?: string | undefined;
  readonly push?: string | undefined;
  readonly endpoint_arn?: string | undefined;
  readonly proof: string;
  readonly public_key: PublicJwk;
  readonly verification_key?: PublicJwk | undefined;
};

/**
 * A request: what was shown, what was asked, and what became of it. `status` is absent if only its details are left.
 */
export type KeptRequest = {
  readonly request_id: string;
  readonly profile_id: string;
  readonly registration_id: string;
  readonly expires_at: number;
  /** The document that the phone shows, as it was frozen. */
  readonly details: unknown;
  readonly details_hash: string;
  readonly asked: KeptAsked;
  /** Who has to enter a number, if anybody. */
  readonly number_matching?: string | undefined;
  readonly notified_client?: string | undefined;
  readonly after_denial?: true | undefined;
  readonly only_one?: true | undefined;
  readonly question_id?: string | undefined;
  readonly synthetic?: true | undefined;
  /** To how many devices the first push went, when the request was made. */
  readonly devices_rung?: number | undefined;
  readonly status?: KeptStatus | undefined;
};

/** The state of a request. `grant` is what the user granted, until it is redeemed. */
export type KeptStatus = {
  readonly state: Exclude<AuthenticationRequest['state'], 'awaiting_number'>;
  readonly client_id: string;
  readonly issued_at: number;
  readonly interval_seconds: number;
  readonly next_poll_at: number;
  /** How the phones were rung again, each time. */
  readonly attempts?: readonly DeliveryAttempt[] | undefined;
  readonly device_id?: string | undefined;
  readonly decided_at?: number | undefined;
  readonly deny_reason?: string | undefined;
  readonly failed_because?: FailureCause | undefined;
  readonly wrong_numbers?: number | undefined;
  readonly taken_back?: string | undefined;
  readonly grant?: KeptGrant | undefined;
};

/** What the client asked for. */
export type KeptAsked = {
  readonly client_id: string;
  readonly scopes: readonly string[];
  readonly audience: readonly string[];
  readonly acr_values?: readonly ShownClass[] | undefined;
};

/** What the user granted of it, until it is redeemed. */
export type KeptGrant = Omit<KeptAsked, 'client_id' | 'acr_values'> & {
  readonly block_count: number;
  readonly device_id: string;
  readonly auth_time: number;
  readonly amr: readonly string[];
  readonly acr?: string | undefined;
  readonly claims: UserClaims;
};

/**
 * How often the user was asked in one hour, which begins at `hour`, and in its minutes by the instants they begin at.
 */
export type KeptRateWindow = {
  /** The client whose requests rang nobody, because it was reported. Absent if the window counts all other requests. */
  readonly client_id?: string | undefined;
  readonly hour: number;
  readonly count: number;
  readonly minutes: Readonly<Record<string, number>>;
};

/**
 * The long-lived requests of the day that begins at `day`. With `client_id`, those of a client that was reported, which
 * rang nobody.
 */
export type KeptLongRequests = {
  readonly client_id?: string | undefined;
  readonly day: number;
  readonly count: number;
};

/** The user codes that one client sent in the day that begins at `day`, without those that were right. */
export type KeptUserCodeAttempts = { readonly client_id: string; readonly day: number; readonly count: number };

/** That there is a user code, and when it was set. */
export type KeptUserCode = { readonly profile_id: string; readonly set_at: number };

/** That there is a key which opens the evidence of a profile's decisions, and not the key itself. */
export type KeptEvidenceKey = { readonly profile_id: string; readonly made_at: number };

/** What the person's denials did to a client. */
export type KeptBlock = {
  readonly client_id: string;
  readonly registration_id: string;
  readonly profile_id: string;
  /** When the person reported fraud, and of which request. */
  readonly reported_at?: number | undefined;
  readonly request_id?: string | undefined;
  readonly denials?: number | undefined;
  readonly denied_at?: number | undefined;
};
