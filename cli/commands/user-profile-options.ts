import type { UserProfile } from '../../provider/core/person/profile.ts';
import type { OptionSpec } from '../command-line/command.ts';

type MemberOption = OptionSpec & { readonly member: keyof UserProfile };

/** One option for each claim, with its standard name (OIDC Core §5.1). */
export const profileOptions = {
  email: { kind: 'text', member: 'email', value: 'ADDRESS', about: 'E-mail address. Clients may name the user by it.' },
  'email-verified': {
    kind: 'flag',
    member: 'email_verified',
    about: 'The e-mail address is verified. --no-email-verified undoes it.',
  },
  'phone-number': {
    kind: 'text',
    member: 'phone_number',
    value: '+49…',
    about: 'Phone number. Clients may name the user by it.',
  },
  'phone-number-verified': {
    kind: 'flag',
    member: 'phone_number_verified',
    about: 'The phone number is verified. --no-phone-number-verified undoes it.',
  },
  'preferred-username': {
    kind: 'text',
    member: 'preferred_username',
    value: 'NAME',
    about: 'Username. Clients may name the user by it.',
  },
  name: { kind: 'text', member: 'name', value: 'NAME', about: 'Full name.' },
  'given-name': { kind: 'text', member: 'given_name', value: 'NAME', about: 'Given name.' },
  'family-name': { kind: 'text', member: 'family_name', value: 'NAME', about: 'Family name.' },
} as const satisfies Record<string, MemberOption>;
