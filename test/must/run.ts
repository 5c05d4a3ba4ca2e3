import { availableParallelism } from 'node:os';
import { Copy } from './copy.ts';
import { fullNameOf, type Proof } from './requirement.ts';
import { REQUIREMENTS } from './requirements.ts';

// npm run must [--only ID,ID]: breaks each requirement of test/must/ in a copy of the sources, one at a time, and shows
// that the test which is named for it fails, by an assertion. Without the break the same test passes.

/**
 * How the message of a failed assertion begins: one of Vitest, one of fast-check, or of `valueFrom`, which expects that
 * nothing is refused. Anything else, such as a TypeError, says that the break is no working code.
 */
const ASSERTED = /^(AssertionError|Error: Property failed|Error: refused: )/;

type Row = { readonly id: string; readonly proof: Proof };

const ROWS: readonly Row[] = REQUIREMENTS.flatMap((one) =>
  one.status === 'held' ? one.proofs.map((proof) => ({ id: one.id, proof })) : [],
);

/** Returns the rows that the arguments ask for. Undefined if one of the ids has none. */
function wanted([option, ids = '']: readonly string[]): readonly Row[] | undefined {
  if (option === undefined) return ROWS;
  const only = ids.split(',');
  const isKnown = option === '--only' && only.every((id) => ROWS.some((row) => row.id === id));
  return isKnown ? ROWS.filter(({ id }) => only.includes(id)) : undefined;
}

/** Runs all named tests once without any break. Returns what is wrong with each that does not pass. */
async function unbroken(copy: Copy, rows: readonly Row[]): Promise<ReadonlyMap<string, string>> {
  const tests = rows.map(({ proof }) => proof.test);
  const results = await copy.run(tests);
  const wrong = tests.flatMap((test) => {
    const { outcome } = results(test);
    return outcome === 'passed' ? [] : [[keyOf(test), `without the break: ${outcome}`] as const];
  });
  return new Map(wrong);
}

const keyOf = (test: Proof['test']) => `${test.file} ${fullNameOf(test)}`;

/** Returns what is wrong with a row. Undefined if its test fails because of the break. */
async function judge(copy: Copy, { breaks, test }: Proof): Promise<string | undefined> {
  const restore = copy.apply(breaks);
  if (!restore) return `${breaks.file} does not have the text exactly once`;
  try {
    const { outcome, message } = (await copy.run([test]))(test);
    if (outcome === 'passed') return 'the test passes although the requirement is broken';
    if (outcome !== 'failed') return outcome;
    return ASSERTED.test(message) ? undefined : `fails by something else: ${message.split('\n')[0]}`;
  } finally {
    restore();
  }
}

async function main(): Promise<void> {
  const rows = wanted(process.argv.slice(2));
  if (!rows) {
    console.error(
      'npm run must [-- --only ID,ID]. The ids are in test/must/, and only those that are held have breaks.',
    );
    process.exitCode = 2;
    return;
  }
  const started = performance.now();
  const copies = Array.from({ length: Math.min(availableParallelism(), rows.length) }, () => new Copy());
  process.once('exit', () => {
    for (const copy of copies) copy.remove();
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  const [first] = copies;
  const failing = first ? await unbroken(first, rows) : new Map<string, string>();
  const waiting = [...rows];
  const wrong: string[] = [];
  const work = async (copy: Copy) => {
    for (let row = waiting.shift(); row; row = waiting.shift()) {
      const problem = failing.get(keyOf(row.proof.test)) ?? (await judge(copy, row.proof));
      if (problem !== undefined) wrong.push(row.id);
      console.log(
        `${problem === undefined ? '✓' : '✗'} ${row.id.padEnd(28)} ${fullNameOf(row.proof.test).slice(0, 160)}`,
      );
      if (problem !== undefined) console.log(`  ${problem} (${row.proof.test.file})`);
    }
  };
  await Promise.all(copies.map(work));
  const seconds = Math.round((performance.now() - started) / 1000);
  console.log(`${rows.length} breaks, ${rows.length - wrong.length} noticed by their test, in ${seconds} s`);
  if (wrong.length > 0) console.log(`Not noticed: ${[...new Set(wrong)].join(', ')}`);
  process.exitCode = wrong.length === 0 ? 0 : 1;
}

await main();
