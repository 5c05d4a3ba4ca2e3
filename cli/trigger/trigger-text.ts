import { toned } from '../command-line/colour.ts';
import { fieldList, lineWidth, plainLine, table, wrap } from '../command-line/text-layout.ts';
import { wordsOf } from './ending.ts';
import type { TriggerOutcome } from './outcome.ts';
import type { ScenarioGroup } from './scenario.ts';
import type { ShownExchange } from './shown.ts';

/** Lists the scenarios in their groups. */
export function listText(groups: readonly ScenarioGroup[], width = lineWidth()): string {
  const longest = Math.max(...groups.flatMap(({ scenarios }) => scenarios.map(({ name }) => name.length)));
  const indent = longest + 4;
  const lines = groups.map(({ title, scenarios }) => [
    `${title}:`,
    ...scenarios.map(({ name, about }) => `  ${name.padEnd(longest)}  ${wrap(about, indent, width)}`),
  ]);
  const note = wrap('ciba trigger SCENARIO plays one, and ciba trigger --all plays every one.', 0, width);
  return [...lines.map((group) => group.join('\n')), note].join('\n\n');
}

/** Tells how a scenario went: each call with its answer, what was seen, and what to do. */
export function outcomeText(outcome: TriggerOutcome, width = lineWidth()): string {
  const { exchanges, expected, saw, difference, next, standard, page } = outcome;
  const ending = wordsOf(expected.status, expected.error);
  const { pushed } = expected;
  const got =
    pushed === undefined ? `the ${saw?.by} got ${ending}` : `the client was pushed ${pushed}, and said ${ending}`;
  const end = saw ? `${got}${described(saw)}` : `your client gets ${ending} when it calls next`;
  return [
    ...exchanges.map((exchange) => exchangeText(exchange, width)),
    '',
    fieldList({
      saw: wrap(difference ?? end, 10, width).split(`\n${' '.repeat(10)}`),
      went: difference === undefined ? toned('good', 'as the scenario says') : toned('bad', 'not as the scenario says'),
      do: wrap(next, 10, width).split(`\n${' '.repeat(10)}`),
      read: `${standard}; ${page}`,
    }),
  ].join('\n');
}

function exchangeText(exchange: ShownExchange, width: number): string {
  const { by, method, path, sent, later_seconds: later, status, retry_after_seconds: retryAfter } = exchange;
  const indent = 10;
  const members = Object.entries(sent).map(([name, value]) => `${name}=${value}`);
  const when = later === undefined ? [] : [`(${later} s later)`];
  const call = [`${method} ${path}`, ...when, ...members].map(plainLine);
  const answered = status === undefined ? 'no answer' : wordsOf(status, exchange.answer['error']);
  const wait = retryAfter === undefined ? [] : [`Retry-After: ${retryAfter}`];
  const others = Object.entries(exchange.answer).filter(([name]) => name !== 'error');
  const answer = [answered, ...wait, ...others.map(([name, value]) => `${name}=${plainLine(value)}`)];
  return `${by.padEnd(8)}  ${inLines(call, indent, width)}\n${' '.repeat(indent)}${inLines(answer, indent, width)}`;
}

/** Puts parts into lines, and breaks none of them that fits into one. */
function inLines(parts: readonly string[], indent: number, width: number): string {
  const lines: string[] = [];
  for (const part of parts) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 2 + part.length <= width - indent) lines.splice(-1, 1, `${line}  ${part}`);
    else lines.push(part);
  }
  return lines.map((line) => wrap(line, indent, width)).join(`\n${' '.repeat(indent)}`);
}

function described({ answer }: ShownExchange): string {
  const { error_description: description } = answer;
  return typeof description === 'string' ? `: ${plainLine(description)}` : '';
}

/** The table at the end of `--all`. */
export function allText(outcomes: readonly TriggerOutcome[]): string {
  const rows = outcomes.map(({ scenario, outcome, expected, difference }) => [
    scenario,
    outcome === 'as_expected' ? toned('good', 'as it says') : toned('bad', 'different'),
    difference ?? endText(expected),
  ]);
  const good = outcomes.filter(({ outcome }) => outcome === 'as_expected').length;
  return `${table(['SCENARIO', 'WENT', 'END'], rows)}\n\n${good} of ${outcomes.length} went as they say.`;
}

function endText({ by, status, error, pushed }: TriggerOutcome['expected']): string {
  return pushed === undefined ? `${by} ${wordsOf(status, error)}` : `push of ${pushed}, answered ${status}`;
}
