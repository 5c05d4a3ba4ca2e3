/**
 * The clock of the functions, one for all threads: the machine's, moved by whole seconds. A still one moves in no other
 * way, so that a test decides how much time goes by, however busy the machine is.
 */
export class SharedClock {
  /** What another thread makes its own from. */
  readonly cells: SharedArrayBuffer;
  /** Seconds that it was moved; epoch seconds at which it stands still, or 0. */
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

  /** Epoch milliseconds, where the machine's clock shows these. */
  milliseconds(machineMilliseconds: number): number {
    const stillAt = Atomics.load(this.#values, 1);
    return (stillAt > 0 ? stillAt * 1000 : machineMilliseconds) + Atomics.load(this.#values, 0) * 1000;
  }
}
