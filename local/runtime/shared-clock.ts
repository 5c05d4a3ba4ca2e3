/**
 * The clock of the functions, shared by all threads: the machine's clock plus whole seconds. A stopped clock moves only
 * by `advance`, so that a test decides how much time passes, even on a busy machine.
 */
export class SharedClock {
  /** Another thread makes its own `SharedClock` from these. */
  readonly cells: SharedArrayBuffer;
  /** The seconds that it was moved by; the epoch seconds at which it was stopped, or 0. */
  readonly #values: Int32Array;

  constructor(cells: SharedArrayBuffer = new SharedArrayBuffer(8)) {
    this.cells = cells;
    this.#values = new Int32Array(cells);
  }

  stop(): void {
    Atomics.store(this.#values, 1, Math.floor(Date.now() / 1000));
  }

  advance(seconds: number): void {
    Atomics.add(this.#values, 0, seconds);
  }

  /** Returns epoch milliseconds, given those of the machine's clock. */
  milliseconds(machineMilliseconds: number): number {
    const stillAt = Atomics.load(this.#values, 1);
    return (stillAt > 0 ? stillAt * 1000 : machineMilliseconds) + Atomics.load(this.#values, 0) * 1000;
  }
}
