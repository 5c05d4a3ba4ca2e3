const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 100;

/** Shows in a terminal that the program waits. Without a terminal it prints one plain line. */
export class Spinner {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** Spins until the work is done, and returns or throws its result. */
  async during<T>(work: Promise<T>): Promise<T> {
    if (!process.stdout.isTTY) {
      console.log(`   ${this.#text} …`);
      return work;
    }
    let frame = 0;
    const timer = setInterval(
      () => process.stdout.write(`\r   ${FRAMES[frame++ % FRAMES.length]} ${this.#text}`),
      FRAME_MS,
    );
    try {
      return await work;
    } finally {
      clearInterval(timer);
      process.stdout.write('\r\x1b[K');
    }
  }
}
