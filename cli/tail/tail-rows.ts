import type { Rows } from '../command-line/command.ts';
import { CALL_OUTCOMES, type CallOutcome, type LogEntry, outcomeOf } from '../function-logs/log-entry.ts';
import type { Following, LogSource } from '../function-logs/log-source.ts';
import { TailFilter, type TailWishes } from './tail-filter.ts';
import { tailText } from './tail-text.ts';

/** Makes a row of each line that is wanted, as it comes. At the end it says what there was. */
export async function* tailRows(source: LogSource, following: Following, wishes: TailWishes): Rows {
  const filter = new TailFilter(wishes);
  const startedAt = Date.now();
  const counts: Record<CallOutcome, number> = { ok: 0, pending: 0, refused: 0, failed: 0 };
  for await (const entries of source.follow(following)) {
    for (const entry of entries) {
      if (!filter.shows(entry)) continue;
      const ending = outcomeOf(entry);
      if (ending !== undefined) counts[ending] += 1;
      const width = process.stdout.isTTY ? process.stdout.columns : undefined;
      yield { json: jsonOf(entry), text: tailText(entry, width) };
    }
  }
  const all = CALL_OUTCOMES.reduce((sum, one) => sum + counts[one], 0);
  const seconds = Math.round((Date.now() - startedAt) / 1000);
  const parts = CALL_OUTCOMES.filter((one) => counts[one] > 0).map((one) => `${counts[one]} ${one}`);
  const calls = `${all} ${all === 1 ? 'line' : 'lines'} in ${seconds} s`;
  return { notes: [`${[calls, parts.join(', ')].filter(Boolean).join(': ')}.`] };
}

/** The line of the function as it was. Text that is no JSON becomes a member. */
function jsonOf({ members, line, function: name }: LogEntry): string {
  return members ? line : JSON.stringify({ message: 'text', service: name, text: line });
}
