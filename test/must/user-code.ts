import type { Requirement } from './requirement.ts';

/** The user code (CIBA §7.1.2). */
export const USER_CODE_REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'CIBA-7.1.2.store',
    section: 'CIBA §7.1.2',
    level: 'MUST',
    says: 'The client does not store the user code.',
    status: 'not ours',
    because: 'It binds the client.',
  },
  {
    id: 'CIBA-7.1.2.change',
    section: 'CIBA §7.1.2',
    level: 'SHOULD',
    says: 'The user can set and change the user code at the provider.',
    status: 'not offered',
    because: 'User codes are not offered yet, and the parameter is ignored.',
  },
];
