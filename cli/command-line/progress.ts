let isShown = false;

/** Shows how far a command is, in one line of the terminal. Does nothing if nobody watches. */
export function showProgress(text: string): void {
  if (!process.stderr.isTTY) return;
  process.stderr.write(`\r\u001B[K${text}`);
  isShown = true;
}

/** Removes the line, so that something else can be printed. */
export function clearProgress(): void {
  if (isShown) process.stderr.write('\r\u001B[K');
  isShown = false;
}
