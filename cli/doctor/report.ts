import { paint, type Tone } from '../command-line/colour.ts';
import { plainLine, wrap } from '../command-line/text-layout.ts';
import type { State } from './check.ts';
import type { Examination, NamedFinding } from './examine.ts';

const MARKS: Readonly<Record<State, string>> = { good: '✓', warning: '!', broken: '✗', unknown: '?', skipped: '–' };

const TONES: Readonly<Record<State, Tone>> = {
  good: 'good',
  warning: 'warning',
  broken: 'bad',
  unknown: 'warning',
  skipped: 'quiet',
};

/** Whether nothing is broken and everything could be checked. */
export function isHealthy({ findings }: Pick<Examination, 'findings'>): boolean {
  return findings.every(({ state }) => state !== 'broken' && state !== 'unknown');
}

/** Makes the report for people: one line per check, with what to do below it. */
export function reportText(examination: Examination): string {
  const { url, stack, findings } = examination;
  const subject = [url ?? '', stack ? `stack ${stack.name} in ${stack.region}` : ''].filter((part) => part !== '');
  return [...(subject.length > 0 ? [subject.join(', '), ''] : []), ...findingLines(findings)].join('\n');
}

/** Makes the lines of findings, and the sum of them. */
export function findingLines(findings: readonly NamedFinding[]): readonly string[] {
  const width = Math.max(...findings.map(({ name }) => name.length));
  return [...findings.map((finding) => lineOf(finding, width)), '', summaryOf(findings)];
}

/** Makes the report for scripts. */
export function reportJson(examination: Examination): string {
  const { url, stack, findings } = examination;
  return JSON.stringify({
    healthy: isHealthy(examination),
    ...(url !== undefined && { url }),
    ...(stack && { stack: stack.name, region: stack.region }),
    checks: findings,
  });
}

function lineOf({ name, state, says, todo, see }: NamedFinding, width: number): string {
  const indent = width + 4;
  const first = `${paint(TONES[state], MARKS[state])} ${name.padEnd(width)}  ${wrap(plainLine(says), indent)}`;
  const more = [todo, see && `See ${see}.`].filter((part) => part !== undefined).join(' ');
  return more === '' ? first : `${first}\n${' '.repeat(indent)}→ ${wrap(more, indent + 2)}`;
}

function summaryOf(findings: readonly NamedFinding[]): string {
  const count = (state: State) => findings.filter((finding) => finding.state === state).length;
  const tallies = [
    [count('broken'), 'broken'],
    [count('unknown'), 'could not be checked'],
    [count('warning'), count('warning') === 1 ? 'warning' : 'warnings'],
    [count('skipped'), 'not checked here'],
  ] as const;
  const counts = tallies.filter(([number]) => number > 0).map(([number, what]) => `${number} ${what}`);
  const isBad = count('broken') + count('unknown') > 0;
  return `${isBad ? '' : 'All good'}${!isBad && counts.length > 0 ? ': ' : ''}${counts.join(', ')}.`;
}
