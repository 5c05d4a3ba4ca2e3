/** What each exit code means. */
export const EXIT_CODES = {
  0: 'done',
  1: 'refused, no answer, or something is broken',
  2: 'wrong usage',
  3: 'ciba ask: denied',
  4: 'ciba ask: expired',
  5: 'ciba ask: refused by the provider',
  6: 'ciba ask: the tokens do not verify',
  7: 'ciba user import: some lines were rejected',
  130: 'interrupted by Ctrl-C; tail, listen, phone watch and up run until Ctrl-C, so for them it is 0',
} as const;
export type ExitCode = keyof typeof EXIT_CODES;
