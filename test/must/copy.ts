import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Break, fullNameOf, literally, type NamedTest } from './requirement.ts';

const ROOT = join(import.meta.dirname, '../..');

/** The result of one test. `message` is empty unless it failed. */
type Outcome = {
  readonly outcome: 'passed' | 'failed' | 'no such test' | 'several tests have this name' | 'did not run';
  readonly message: string;
};

/** The part of Vitest's JSON report that is read. */
type Report = {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
};

/** Returns the text with its one occurrence replaced. Undefined if it occurs never or several times. */
export function broken(source: string, { text, broken: replacement }: Break): string | undefined {
  const [before, after, ...more] = source.split(text);
  return before === undefined || after === undefined || more.length > 0 ? undefined : before + replacement + after;
}

/** A copy of the sources in a temporary folder, with the packages of this checkout. */
export class Copy {
  readonly #folder = mkdtempSync(join(tmpdir(), 'must-'));

  constructor() {
    const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: ROOT });
    for (const path of new Set(listed.toString().split('\0'))) {
      if (path === '' || path === 'node_modules' || !existsSync(join(ROOT, path))) continue;
      cpSync(join(ROOT, path), join(this.#folder, path));
    }
    symlinkSync(join(ROOT, 'node_modules'), join(this.#folder, 'node_modules'));
  }

  /** Where the copy is. */
  get folder(): string {
    return this.#folder;
  }

  /** Applies a break. Returns what takes it back, or undefined if the text is not there exactly once. */
  apply(change: Break): (() => void) | undefined {
    const path = join(this.#folder, change.file);
    const source = existsSync(path) ? readFileSync(path, 'utf8') : '';
    const changed = broken(source, change);
    if (changed === undefined) return undefined;
    writeFileSync(path, changed);
    return () => writeFileSync(path, source);
  }

  /** Runs these tests and no others. Returns what tells the outcome of each. */
  async run(tests: readonly NamedTest[]): Promise<(test: NamedTest) => Outcome> {
    const report = join(this.#folder, 'must-report.json');
    rmSync(report, { force: true });
    const names = tests.map((test) => literally(fullNameOf(test)));
    const files = [...new Set(tests.map(({ file }) => file))];
    await vitest(this.#folder, [
      ...files,
      '-t',
      `^(?:${names.join('|')})$`,
      '--reporter=json',
      `--outputFile=${report}`,
    ]);
    const { testResults }: Report = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : { testResults: [] };
    return (test) => {
      const file = testResults.find(({ name }) => name === join(this.#folder, test.file));
      if (!file) return { outcome: 'did not run', message: '' };
      const found = file.assertionResults.filter(({ fullName }) => fullName === fullNameOf(test));
      if (found.length > 1) return { outcome: 'several tests have this name', message: '' };
      const [one] = found;
      if (!one) return { outcome: 'no such test', message: '' };
      if (one.status === 'passed') return { outcome: 'passed', message: '' };
      return { outcome: one.status === 'failed' ? 'failed' : 'did not run', message: one.failureMessages[0] ?? '' };
    };
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Runs Vitest to its end, whatever that is. A syntax error leaves a report without tests. */
function vitest(cwd: string, args: readonly string[]): Promise<void> {
  const projects = ['--project=suite', '--project=providers', '--project=rules'];
  const child = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...projects, ...args], {
    cwd,
    stdio: 'ignore',
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve());
  });
}
