/** Things that arrive under an id, such as pushes and pings, and those who wait for them. */
export class Arrivals {
  readonly #arrived = new Set<string>();
  readonly #waiting = new Map<string, () => void>();

  arrive(id: string): void {
    this.#arrived.add(id);
    this.#waiting.get(id)?.();
  }

  /** Waits until something arrives under an id; false if nothing does in time. */
  async waitFor(id: string, milliseconds: number): Promise<boolean> {
    if (this.#arrived.has(id)) return true;
    const { promise, resolve } = Promise.withResolvers<void>();
    const late = setTimeout(resolve, milliseconds);
    this.#waiting.set(id, resolve);
    await promise;
    clearTimeout(late);
    this.#waiting.delete(id);
    return this.#arrived.has(id);
  }
}
