/** How long a test waits for what must come: a busy machine is no failure. */
export const PATIENCE_MILLISECONDS = 60_000;
