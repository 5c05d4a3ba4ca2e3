import type { DeliveryAttempt } from '../../../provider/core/asking/delivery-attempt.ts';
import type { ShownClass } from '../../../provider/core/deciding/shown-details.ts';
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
} from '../../../provider/core/person/kept-records.ts';
import type { LoginIdentifier } from '../../../provider/core/person/login-identifier.ts';
import type { UserClaims } from '../../../provider/core/person/user.ts';
import type { UserExport } from '../../../provider/flows/person/export-user.ts';
import { jwk, USER_CLAIMS } from './answers.ts';
import { anything, byName, choice, count, instant, list, type MembersOf, mark, object, text } from './schema.ts';

// Everything that is kept of a person, as GET /admin/users/{sub}/export answers it.

const profileId = text('The profile that it belongs to.');
const words = (description: string) => list(text('One of them.'), description);

const identifier: MembersOf<LoginIdentifier> = {
  type: choice(['email', 'phone', 'username'], 'What it is.'),
  value: text('In normal form.'),
};

const ticket = object<KeptTicket>({
  ticket_id: text('The name of the ticket.'),
  issued_at: instant('When it was made.'),
  expires_at: instant('When it ends.'),
  'used_by?': text('The thumbprint of the key that used it (RFC 7638).'),
  'device_id?': text('The device that it enrolled.'),
  'reported?': mark('The user’s other devices know of the enrolment.'),
});

const profile = object<KeptProfile>({
  profile_id: text('The id of the profile.'),
  status: choice(['active', 'blocked'], 'Whether the user is blocked.'),
  claims: object<UserClaims>(USER_CLAIMS),
  identifiers: list(object<LoginIdentifier>(identifier), 'The names by which the user can be found.'),
  block_count: count('How often the user was blocked.'),
  'created_at?': instant('When the profile was made.'),
  revision: count('How often the profile was written.'),
  device_ids: words('The devices that count.'),
  'ticket?': ticket,
});

const device = object<KeptDevice>({
  device_id: text('The id of the device.'),
  name: text('Its name.'),
  enrolled_at: instant('When it was enrolled.'),
  reach: text('How it is rung; `none` for one that asks by itself.'),
  'platform?': text('Its push service.'),
  'push?': text('Whether its push token is still good.'),
  'endpoint_arn?': text('Its endpoint at SNS.'),
  proof: text('How it answers.'),
  public_key: jwk,
  'verification_key?': jwk,
});

const shownClass = object<ShownClass>({
  acr: text('The class.'),
  amr: words('The methods that reach it.'),
  verification_key: { type: 'boolean', description: 'Whether the verification key has to sign.' },
});

const asked = object<KeptAsked>({
  client_id: text('Who asked.'),
  scopes: words('What for.'),
  audience: words('The APIs.'),
  'acr_values?': list(shownClass, 'The classes that were asked for.'),
});

const grant = object<KeptGrant>({
  scopes: words('What was granted.'),
  audience: words('The APIs.'),
  block_count: count('How often the user had been blocked.'),
  device_id: text('The device that approved.'),
  auth_time: instant('When.'),
  amr: words('How the user was verified.'),
  'acr?': text('The class that was reached.'),
  claims: object<UserClaims>(USER_CLAIMS),
});

const attempt = object<DeliveryAttempt>({
  kind: choice(['resend', 'reminder'], 'Why the phones were rung again.'),
  at: instant('When it began.'),
  'devices?': count('To how many devices.'),
  'accepted?': count('For how many SNS accepted it.'),
  'errors?': text('The errors of the others.'),
});

const status = object<KeptStatus>({
  state: choice(['pending', 'approved', 'denied', 'failed', 'redeemed'], 'What became of it.'),
  client_id: text('Who asked.'),
  issued_at: instant('When.'),
  interval_seconds: count('How long the client waits between polls.'),
  next_poll_at: instant('When it may poll again.'),
  'attempts?': list(attempt, 'How the phones were rung again.'),
  'device_id?': text('The device that answered.'),
  'decided_at?': instant('When it answered.'),
  'deny_reason?': text('Why it denied.'),
  'failed_because?': choice(['withdrawn', 'wrong_number'], 'Why it failed.'),
  'wrong_numbers?': count('How many wrong numbers were entered.'),
  'taken_back?': text('Why the approval was taken back.'),
  'grant?': grant,
});

const request = object<KeptRequest>({
  request_id: text('The id of the request.'),
  profile_id: profileId,
  registration_id: text('The registration of the client.'),
  expires_at: instant('Until when it could be answered.'),
  details: anything('The document that the phone showed, as it was frozen (docs/device-api.md).'),
  details_hash: text('Its hash.'),
  asked,
  'number_matching?': text('Who had to enter a number.'),
  'notified_client?': text('How the client was notified.'),
  'after_denial?': mark('The client was reported, so it rang nobody.'),
  'only_one?': mark('No other request of the client could be open.'),
  'question_id?': text('Which open question it is.'),
  'synthetic?': mark('A request of the synthetic login.'),
  'devices_rung?': count('To how many devices the first push went.'),
  'status?': status,
});

/** The answer of the export. */
export const userExport = object<UserExport>({
  sub: text('The subject.'),
  exported_at: instant('When it was read.'),
  'profile?': profile,
  login_identifiers: list(
    object<KeptIdentifier>({
      ...identifier,
      profile_id: profileId,
      revision: count('The revision of the profile that wrote it.'),
      put_at: instant('When it was written.'),
    }),
    'The names that lead to the profile.',
  ),
  listed: list(
    object<KeptEntry>({ profile_id: profileId, put_at: instant('When it was written.') }),
    'The entries in the list of all users.',
  ),
  devices: list(device, 'The devices.'),
  requests: list(request, 'The requests whose details are still stored.'),
  rate_windows: list(
    object<KeptRateWindow>({
      'client_id?': text('The client that was reported.'),
      hour: instant('When the hour began.'),
      count: count('How often the user was asked in it.'),
      minutes: byName(count('How often.'), 'By the instants at which minutes began.'),
    }),
    'How often the user was asked.',
  ),
  long_requests: list(
    object<KeptLongRequests>({
      'client_id?': text('The client that was reported.'),
      day: instant('When the day began.'),
      count: count('How many there were.'),
    }),
    'The requests that wait for long.',
  ),
  user_code_attempts: list(
    object<KeptUserCodeAttempts>({
      client_id: text('Who sent them.'),
      day: instant('When the day began.'),
      count: count('How many were wrong.'),
    }),
    'The user codes that clients sent.',
  ),
  'user_code?': object<KeptUserCode>({ profile_id: profileId, set_at: instant('When it was set.') }),
  blocks: list(
    object<KeptBlock>({
      client_id: text('The client.'),
      registration_id: text('Its registration.'),
      profile_id: profileId,
      'reported_at?': instant('When the user reported fraud.'),
      'request_id?': text('The request that was reported.'),
      'denials?': count('Denials since the last approval.'),
      'denied_at?': instant('When the user last denied.'),
    }),
    'What denials did to clients.',
  ),
  evidence_keys: list(
    object<KeptEvidenceKey>({ profile_id: profileId, made_at: instant('When it was made.') }),
    'That there are keys of evidence, and not the keys.',
  ),
});
