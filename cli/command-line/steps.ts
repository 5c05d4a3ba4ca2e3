import { clearProgress } from './progress.ts';
import { plainLine } from './text-layout.ts';

/** Tells a person one step of a command. */
export type Say = (text: string) => void;

/** Tells a step on standard error, so that standard output has the answer alone. */
export const sayStep: Say = (text) => {
  clearProgress();
  process.stderr.write(`${plainLine(text)}\n`);
};
