import { command, type Output } from '../command-line/command.ts';
import { WrongUsage } from '../command-line/failure.ts';
import { readBytes, readPairs, readWholeNumber } from '../command-line/option-reading.ts';
import { sayStep } from '../command-line/steps.ts';
import { fieldList, plainLine, table } from '../command-line/text-layout.ts';
import { type CheckedLine, checkLines, type RejectedLine } from '../importing/checked-lines.ts';
import { FORMATS, readImportFile, readUtf8 } from '../importing/import-file.ts';
import { type ImportOutcome, importUsers } from '../importing/import-users.ts';
import { checkReportPlace, writeReport } from '../importing/rejected-report.ts';
import { leaveOutUnverified } from '../importing/unverified.ts';
import { SOURCE_NAMES } from '../importing/user-fields.ts';

const DEFAULT_CONCURRENCY = 8;
const MOST_CONCURRENCY = 64;
/** How many rejected lines are shown. */
const SHOWN_LINES = 20;

export const importCommand = command({
  name: 'import',
  about: 'Creates users from a file: CSV with a header, or a JSON object on each line.',
  notes:
    'The members are sub, name, given_name, family_name, preferred_username, email, email_verified, phone_number, phone_number_verified and blocked. Keep the sub of the old system, so that your APIs know their users. All lines are checked before the first call. Users who exist already are found by sub, or else by email, phone_number or preferred_username, in this order; they stay as they are without --update. So after Ctrl-C or an outage, run the same command again: it goes on and creates no user twice. An e-mail address or phone number of which the line says that it is not verified is left out, and the user is made without it; with --source also one of which the line does not say that it is verified. --unverified takes them. When the provider takes no more calls, the import slows down. Exit code 7: some lines were rejected. With --json: {"lines", "created", "updated", "unchanged", "skipped", "rejected": [{"line", "reason"}], "unverified_left_out", "dry_run", "complete"}, where unverified_left_out counts addresses and phone numbers.',
  arguments: [{ name: 'file', about: 'The file, or - for standard input.' }],
  options: {
    'dry-run': { kind: 'flag', about: 'Change nothing. Say what would be created, updated and rejected.' },
    update: { kind: 'flag', about: 'Change users who exist with other values. What a line leaves out stays.' },
    unverified: {
      kind: 'flag',
      about:
        'Take e-mail addresses and phone numbers that nobody verified. Each names a user: a wrong one rings another person.',
    },
    rejected: {
      kind: 'text',
      value: 'FILE',
      about: 'Write the rejected lines there, each with its number and the reason, to correct and import them.',
    },
    format: { kind: 'text', of: FORMATS, about: 'The form of the file. Default: what it looks like.' },
    source: {
      kind: 'text',
      of: SOURCE_NAMES,
      about: 'Where the file comes from. Its names of members are known, and its other fields are left out.',
    },
    map: {
      kind: 'list',
      value: 'FIELD=MEMBER',
      about:
        'A field that has another name in the file. May be repeated. FIELD= leaves a field out. With JSON, a dot leads to an inner field.',
    },
    'ignore-unknown': { kind: 'flag', about: 'Leave out fields that are no members of a user.' },
    concurrency: {
      kind: 'text',
      value: 'N',
      about: `How many calls to make at the same time, 1 to ${MOST_CONCURRENCY}. Default: ${DEFAULT_CONCURRENCY}.`,
    },
  },
  examples: [
    'ciba user import users.csv --dry-run',
    'ciba user import users.csv --rejected rejected.csv',
    'ciba user import auth0-export.json --source auth0 --update',
    'jq -c ".users[]" realm.json | ciba user import - --source keycloak',
  ],
  async run({ api, argument, options, progress }) {
    const concurrency = readConcurrency(options.concurrency);
    if (options.rejected !== undefined) checkReportPlace(options.rejected);
    const names = {
      source: options.source,
      renamed: readPairs(options.map ?? []),
      ignoresUnknown: options['ignore-unknown'] === true,
    };
    const file = readImportFile(readUtf8(readBytes(argument.file)), { format: options.format, names });
    const isTrusted = options.unverified === true;
    const { good, bad } = checkLines(isTrusted ? file.lines : leaveOutUnverified(file.lines, options.source));
    const isDryRun = options['dry-run'] === true;
    const { stop, end } = stopOnInterrupt();
    const outcome = await importUsers(api, good, {
      isDryRun,
      updates: options.update === true,
      concurrency,
      stop,
      say: sayStep,
      progress: (done) => progress(`${done + bad.length} of ${file.lines.length} lines`),
    }).finally(end);
    const rejected = [...bad, ...outcome.rejected].sort((a, b) => a.line.line - b.line.line);
    if (options.rejected !== undefined) writeReport(options.rejected, file.header, rejected);
    const leftOut = countLeftOut(good);
    const total = { lines: file.lines.length, rejected, leftOut, isDryRun, report: options.rejected };
    return { ...output(outcome, total), ...ending(outcome, rejected.length) };
  },
});

type Total = {
  readonly lines: number;
  readonly rejected: readonly RejectedLine[];
  /** How many addresses and phone numbers were left out of the lines that the provider would take. */
  readonly leftOut: number;
  readonly isDryRun: boolean;
  readonly report: string | undefined;
};

function readConcurrency(typed: string | undefined): number {
  if (typed === undefined) return DEFAULT_CONCURRENCY;
  const number = readWholeNumber([typed], '--concurrency');
  if (number < 1 || number > MOST_CONCURRENCY)
    throw new WrongUsage(`--concurrency must be from 1 to ${MOST_CONCURRENCY}, not ${number}`);
  return number;
}

/** Ctrl-C ends the import after the calls that are under way. A second one ends it at once. */
function stopOnInterrupt(): { stop: AbortSignal; end: () => void } {
  const controller = new AbortController();
  const interrupt = () => controller.abort();
  process.once('SIGINT', interrupt);
  return { stop: controller.signal, end: () => void process.off('SIGINT', interrupt) };
}

function output({ counts, stopped }: ImportOutcome, { lines, rejected, leftOut, isDryRun, report }: Total) {
  const json = JSON.stringify({
    lines,
    ...counts,
    rejected: rejected.map(({ line, reason }) => ({ line: line.line, reason })),
    unverified_left_out: leftOut,
    dry_run: isDryRun,
    complete: stopped === undefined,
  });
  const done = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const would = isDryRun ? 'would be ' : '';
  const summary = fieldList({
    [`${would}created`]: String(counts.created),
    [`${would}updated`]: String(counts.updated),
    unchanged: String(counts.unchanged),
    skipped: counts.skipped === 0 ? '0' : `${counts.skipped}: they exist with other values; --update changes them`,
    [`${would}rejected`]: String(rejected.length),
  });
  const counted = lines === 1 ? '1 line' : `${lines} lines`;
  const title = isDryRun ? `Checked ${counted}. Nothing was changed.` : `Read ${done + rejected.length} of ${counted}.`;
  const text = [title, summary, ...leftOutText(leftOut), ...rejectedText(rejected, report)].join('\n\n');
  return { json, text };
}

function countLeftOut(lines: readonly CheckedLine[]): number {
  return lines.reduce((sum, { leftOut = [] }) => sum + leftOut.length, 0);
}

function leftOutText(leftOut: number): readonly string[] {
  if (leftOut === 0) return [];
  const what = leftOut === 1 ? '1 e-mail address or phone number' : `${leftOut} e-mail addresses and phone numbers`;
  return [`Left out: ${what} that nobody verified. A wrong one would ring another person. --unverified takes them.`];
}

function rejectedText(rejected: readonly RejectedLine[], report: string | undefined): readonly string[] {
  if (rejected.length === 0) return [];
  const shown = rejected.slice(0, SHOWN_LINES).map(({ line, reason }) => [line.line, reason]);
  const more = rejected.length - shown.length;
  const rest = [
    ...(more > 0 ? [more === 1 ? '1 more line was rejected.' : `${more} more lines were rejected.`] : []),
    report === undefined ? '--rejected FILE writes all of them.' : `All of them are in ${plainLine(report)}.`,
  ];
  return [table(['LINE', 'REJECTED BECAUSE'], shown), rest.join(' ')];
}

/** The exit code, and what to do next if the import is not complete. */
function ending({ stopped }: ImportOutcome, rejected: number): Pick<Output, 'exitCode' | 'notes'> {
  if (stopped === undefined) return { exitCode: rejected > 0 ? 7 : 0 };
  const isInterrupted = stopped === 'interrupted';
  const why = isInterrupted ? 'Interrupted.' : `${stopped.message} ${stopped.next}`;
  const next = 'The import is not complete. Run the same command again: it goes on and creates no user twice.';
  return { exitCode: isInterrupted ? 130 : 1, notes: [`${why} ${next}`] };
}
