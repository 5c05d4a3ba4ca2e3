import { WrongUsage } from '../command-line/failure.ts';
import { readBytes } from '../command-line/option-reading.ts';

/** How a request names its user: by exactly one of these (CIBA §7.1). */
export type Hint = {
  readonly parameter: 'login_hint' | 'id_token_hint' | 'login_hint_token';
  readonly value: string;
  /** The user in what a person reads. A token is not shown. */
  readonly shown: string;
};

type HintOptions = { readonly 'id-token-hint'?: string; readonly 'login-hint-token'?: string };

/** Reads the one hint that a command line has. */
export function readHint(user: string, options: HintOptions): Hint {
  const { 'id-token-hint': idToken, 'login-hint-token': hintToken } = options;
  const hints = [
    ...(user === '' ? [] : [() => ({ parameter: 'login_hint', value: user, shown: user }) as const]),
    ...(idToken === undefined ? [] : [() => tokenIn(idToken, 'id_token_hint', 'the user of an ID token')]),
    ...(hintToken === undefined
      ? []
      : [() => tokenIn(hintToken, 'login_hint_token', 'the user of a login_hint_token')]),
  ];
  const [read, ...others] = hints;
  if (!read) throw new WrongUsage('Name the user: USER, --id-token-hint or --login-hint-token');
  if (others.length > 0) throw new WrongUsage('Name the user once: by USER, --id-token-hint or --login-hint-token');
  return read();
}

function tokenIn(path: string, parameter: Hint['parameter'], shown: string): Hint {
  const value = Buffer.from(readBytes(path)).toString().trim();
  if (value === '') throw new WrongUsage(`${path === '-' ? 'Standard input' : path} holds no token`);
  return { parameter, value, shown };
}
