/**
 * What becomes of a call of AWS:
 * - `answered`: it takes effect and is answered.
 * - `throttled`: the first try is refused. The SDK tries again, and that is answered.
 * - `answer lost`: it takes effect, its answer is lost, and the SDK tries again later.
 * - `overtaken`: the first try stays on its way, the SDK tries again, and the first one arrives later.
 * - `fails`: no try takes effect, and the caller gets an error.
 * - `unanswered`: it takes effect, and the caller gets an error all the same.
 * - `dies before`: the function ends before the call is sent. `dies after`: it ends when the call has taken effect.
 * - `dies meanwhile`: the function ends while its calls are on their way. They arrive later.
 */
export const FATES = [
  'answered',
  'throttled',
  'answer lost',
  'overtaken',
  'fails',
  'unanswered',
  'dies before',
  'dies after',
  'dies meanwhile',
] as const;
export type Fate = (typeof FATES)[number];

/** How the story tells it. */
export const HOW: Readonly<Record<Fate, string>> = {
  answered: '',
  throttled: '; AWS refuses the first try as too fast, and the second one succeeds',
  'answer lost': '; that took place, its answer is lost, and the SDK will try again',
  overtaken: '; the call is slow, the SDK tries again, and the first try is still on its way',
  fails: '; AWS is out',
  unanswered: '; that took place, but no answer ever comes',
  'dies before': '. No: it crashes before that',
  'dies after': '. That took place, and then it crashes',
  'dies meanwhile': '. It crashes, and its calls are still on their way',
};

/** A call that nothing repeats can only take place or not. */
export function fateOf(
  { isRepeated, attempt }: { readonly isRepeated: boolean; readonly attempt: number },
  fate: Fate,
): Fate {
  if (!isRepeated && (fate === 'throttled' || fate === 'overtaken')) return 'answered';
  if (fate === 'answer lost' && (!isRepeated || attempt > 2)) return 'unanswered';
  if (fate === 'overtaken' && attempt > 2) return 'answered';
  return fate;
}
