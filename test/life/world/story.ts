/** What happens, told in domain words. */
export class Story {
  readonly #lines: string[] = [];

  tell(line: string): void {
    this.#lines.push(line);
  }

  get lines(): readonly string[] {
    return this.#lines;
  }
}
