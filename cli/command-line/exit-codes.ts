/** What each exit code means. */
export const EXIT_CODES = {
  0: 'done',
  1: 'refused, no answer, or something is broken',
  2: 'wrong usage',
  130: 'interrupted by Ctrl-C',
} as const;
export type ExitCode = keyof typeof EXIT_CODES;
