import type { UserProfile } from '../../../provider/core/person/profile.ts';

/** What the members of a user mean (OIDC Core §5.1). */
export const USER_MEMBERS = {
  sub: 'The subject: who the user is for clients. It can be set only at creation; without it a random one is made.',
  name: 'The full name.',
  given_name: 'The first name.',
  family_name: 'The last name.',
  preferred_username: 'The username, by which the user can be found. Unique.',
  email: 'The e-mail address, by which the user can be found. Unique.',
  email_verified: 'Whether the e-mail address is the user’s. A new address makes it unknown.',
  phone_number: 'The phone number as +4912345678, by which the user can be found. Unique.',
  phone_number_verified: 'Whether the phone number is the user’s. A new number makes it unknown.',
  blocked: 'Whether the user is blocked: unknown to clients, and unable to answer.',
} as const satisfies Readonly<Record<keyof UserProfile, string>>;
