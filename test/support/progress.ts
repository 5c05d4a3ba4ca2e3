import { DefaultReporter, type TestModule, type TestSpecification } from 'vitest/node';

/** How often progress is told where lines cannot be written over, such as in a log. */
const PAUSE_MILLISECONDS = 10_000;
/** Before this share of the files has run, nobody can say how long the rest takes. */
const KNOWN_SHARE = 0.1;
const UP_AND_CLEAR = '\x1b[1A\x1b[2K';

/**
 * Tells how many files of tests have run, how many tests failed, and how long it may still take: one line that changes
 * on a terminal, or a line every ten seconds. A test that fails is named at once. Its code and its error come at the end.
 */
export class Progress extends DefaultReporter {
  #files = 0;
  #done = 0;
  #failed = 0;
  #startedAt = 0;
  #toldAt = 0;
  #hasLine = false;

  constructor() {
    super({ summary: false });
  }

  override onTestRunStart(files: readonly TestSpecification[]): void {
    super.onTestRunStart(files);
    this.#files = files.length;
    this.#startedAt = performance.now();
    this.#toldAt = this.#startedAt;
  }

  /** In the place of a line for each file and each slow test. */
  protected override printTestModule(file: TestModule): void {
    this.#done += 1;
    const failed = [...file.children.allTests('failed')].map((test) => test.fullName);
    const errors =
      file.state() === 'failed' && failed.length === 0 ? ['could not be loaded, or its hooks failed'] : failed;
    this.#failed += errors.length;
    for (const what of errors) this.#say(`✗ ${file.relativeModuleId}: ${what}`);
    const isDue = this.isTTY || errors.length > 0 || performance.now() - this.#toldAt >= PAUSE_MILLISECONDS;
    if (!isDue && this.#done < this.#files) return;
    this.#toldAt = performance.now();
    this.#say(this.#line());
    this.#hasLine = this.isTTY && this.#done < this.#files;
  }

  #say(line: string): void {
    this.log(`${this.#hasLine ? UP_AND_CLEAR : ''}${line}`);
    this.#hasLine = false;
  }

  #line(): string {
    const share = this.#done / this.#files;
    const seconds = (performance.now() - this.#startedAt) / 1000;
    const left = share < 1 && share >= KNOWN_SHARE ? `, about ${inWords((seconds / share) * (1 - share))} left` : '';
    return `${this.#done} of ${this.#files} files, ${this.#failed} failed, ${inWords(seconds)}${left}`;
  }
}

function inWords(seconds: number): string {
  return seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
}
