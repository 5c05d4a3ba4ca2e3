import { WrongUsage } from '../command-line/failure.ts';
import { readTypedSecret } from '../command-line/typed-secret.ts';

/** Reads the user code (CIBA §7.1.2), for which the option has a dash. */
export async function readUserCode(typed: string | undefined): Promise<string | undefined> {
  if (typed === undefined) return undefined;
  if (typed !== '-')
    throw new WrongUsage(
      'A user code on the command line can be seen by others and stays in the history of the shell: give --user-code - and type it when you are asked, or write it to standard input',
    );
  const code = await readTypedSecret('User code: ');
  if (code === '') throw new WrongUsage('The user code is empty');
  return code;
}
