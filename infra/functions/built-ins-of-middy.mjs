// Bundles contain this in place of three built-in modules. middy imports them for streamed answers, which no function
// gives, and Node would load eleven more modules for them at every cold start.

/** No answer of a handler is one. */
export class ReadableStream {}

/** Is never called. */
export function pipeline() {
  throw new Error('no answer is streamed');
}

/** The same function as that of `node:timers`. */
export const { setTimeout } = globalThis;
