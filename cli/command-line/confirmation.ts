import { createInterface } from 'node:readline';
import { Interrupted, Refused, WrongUsage } from './failure.ts';
import { endProgress } from './progress.ts';

/** Whether somebody is there who can be asked. The question goes to standard error, so that output can be piped. */
export function isAnybodyThere(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

/** Throws for a command that cannot be undone and has neither `--yes` nor a terminal to ask in. */
export function checkConfirmable(cannotBeUndone: string, isAgreed: boolean): void {
  if (isAgreed || isAnybodyThere()) return;
  throw new WrongUsage(
    `This ${cannotBeUndone}, which cannot be undone. There is no terminal to ask in: add --yes to do it without asking`,
  );
}

/** Asks, and throws unless the answer is yes. It says first which deployment is meant. */
export async function confirm(question: string, deployment: string): Promise<void> {
  endProgress();
  process.stderr.write(`Deployment: ${deployment}\n`);
  if (await isAnsweredYes(`${question} [y/N] `)) return;
  throw new Refused('Nothing was done.', 'Answer y to do it, or add --yes to do it without the question.');
}

/** No answer, such as the end of the input, is a no. */
async function isAnsweredYes(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await new Promise<boolean>((resolve, reject) => {
      lines.once('SIGINT', () => reject(new Interrupted()));
      lines.once('close', () => resolve(false));
      lines.question(question, (answer) => resolve(/^y(es)?$/i.test(answer.trim())));
    });
  } finally {
    lines.close();
  }
}
