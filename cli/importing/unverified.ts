import type { UserProfile } from '../../provider/core/person/profile.ts';
import type { ImportLine } from './import-file.ts';

/**
 * Leaves out addresses and phone numbers that nobody verified. Whoever registered in the old system with the address of
 * another person would be asked in place of that person. In a file of the company's own, an address counts as unverified
 * if its line says so. In the export of another system it also does if its line says nothing.
 */
export function leaveOutUnverified(lines: readonly ImportLine[], source: string | undefined): readonly ImportLine[] {
  return lines.map((line) => {
    const { profile } = line;
    return profile ? { ...line, ...withoutUnverified(profile, source !== undefined) } : line;
  });
}

function withoutUnverified(profile: UserProfile, mustSaySo: boolean): Pick<ImportLine, 'profile' | 'leftOut'> {
  const { email, email_verified, phone_number, phone_number_verified, ...rest } = profile;
  const isUnverified = (flag: boolean | undefined) => (mustSaySo ? flag !== true : flag === false);
  const leavesEmail = email !== undefined && isUnverified(email_verified);
  const leavesPhone = phone_number !== undefined && isUnverified(phone_number_verified);
  return {
    profile: {
      ...rest,
      ...(!leavesEmail && present({ email, email_verified })),
      ...(!leavesPhone && present({ phone_number, phone_number_verified })),
    },
    leftOut: [...(leavesEmail ? ['email' as const] : []), ...(leavesPhone ? ['phone_number' as const] : [])],
  };
}

function present(members: UserProfile): UserProfile {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
