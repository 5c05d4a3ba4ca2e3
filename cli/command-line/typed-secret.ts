import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { isAnybodyThere } from './confirmation.ts';
import { Interrupted } from './failure.ts';
import { readSecretWord } from './option-reading.ts';
import { endProgress } from './progress.ts';

/**
 * Reads a secret: a person at a terminal is asked, and does not see what they type. Otherwise it is what standard input
 * has. It is never in a command line, which other users of the machine and the history of the shell can see.
 */
export async function readTypedSecret(question: string): Promise<string> {
  if (!isAnybodyThere()) return readSecretWord('-');
  endProgress();
  const output = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output, terminal: true });
  // From here on the terminal shows nothing of what is typed, so now somebody may type.
  process.stderr.write(question);
  try {
    return await new Promise<string>((resolve, reject) => {
      lines.once('SIGINT', () => reject(new Interrupted()));
      lines.once('close', () => resolve(''));
      lines.once('line', (line) => resolve(line.trim()));
    });
  } finally {
    lines.close();
    process.stderr.write('\n');
  }
}
