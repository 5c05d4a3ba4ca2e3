const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MILLISECONDS = 100;
/** A call that is shorter shows nothing. */
const PATIENCE_MILLISECONDS = 600;

let label = '';
let frame = 0;
let isShown = false;
let timer: NodeJS.Timeout | undefined;

/** Shows in one line of the terminal that the command waits, once it takes long. Does nothing if nobody watches. */
export function startProgress(text: string): void {
  label = text;
  if (!process.stderr.isTTY || process.env['TERM'] === 'dumb') return;
  endProgress();
  timer = setTimeout(() => {
    timer = setInterval(draw, FRAME_MILLISECONDS).unref();
  }, PATIENCE_MILLISECONDS).unref();
}

/** Says how far a command is, beside the sign that it waits. */
export function showProgress(text: string): void {
  label = text;
  if (timer !== undefined) draw();
}

/** Removes the line, so that something else can be printed. It comes back while the command waits. */
export function clearProgress(): void {
  if (isShown) process.stderr.write('\r\u001B[K');
  isShown = false;
}

/** Removes the line for good. */
export function endProgress(): void {
  clearTimeout(timer);
  timer = undefined;
  clearProgress();
}

function draw(): void {
  frame = (frame + 1) % FRAMES.length;
  const width = Math.max(10, (process.stderr.columns ?? 80) - 1);
  process.stderr.write(`\r\u001B[K${`${FRAMES[frame]} ${label}`.slice(0, width)}`);
  isShown = true;
}
