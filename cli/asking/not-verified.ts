import type { Outcome } from './outcome.ts';

/** The provider gave tokens, but they cannot be believed. */
export function notVerified(error: unknown): Pick<Outcome, 'outcome' | 'refusal'> {
  const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return {
    outcome: 'not_verified',
    refusal: {
      error: 'tokens_not_verified',
      error_description: (error instanceof Error ? error.message : String(error)) + cause,
      means: 'The provider gave tokens, but a check of them failed.',
      next: 'Throw the tokens away. Check that --url is the provider, and the clock of this machine.',
      page: 'README.md#from-a-client-backend',
    },
  };
}
