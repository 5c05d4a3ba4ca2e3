/** Says where a text stops being JSON, and what is wrong there, without quoting it. Undefined if the text is JSON. */
export function jsonFault(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch {
    if (text.trim() === '') return 'it is empty';
    const { at, expected } = firstFault(text);
    const before = text.slice(0, at);
    const column = [...before.slice(before.lastIndexOf('\n') + 1)].length + 1;
    const found = at >= text.length ? 'it ends here' : 'something else is here';
    return `line ${before.split('\n').length}, column ${column}: expected ${expected}, but ${found}`;
  }
}

type Fault = { readonly at: number; readonly expected: string };

/** The tokens of JSON (RFC 8259 §2 to §7), which match where they begin. */
const TOKEN =
  /[ \t\r\n]*(?:([{}[\],:])|("(?:[ !#-[\]-\uFFFF]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*")|((?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])))/y;
const MEMBER_NAME = 'the name of a member in double quotation marks';

const UNFINISHED = 'a text in quotation marks without line breaks and wrong escapes';

/** What may come next, in words. */
const EXPECTED = {
  value: 'a value',
  'first value': 'a value or ]',
  name: MEMBER_NAME,
  'first name': `${MEMBER_NAME}, or }`,
  colon: 'a colon',
  'more members': 'a comma or }',
  'more values': 'a comma or ]',
  end: 'the end of the file',
} as const;
type State = keyof typeof EXPECTED;

/** Reads token by token, with a stack of what is open, until one does not fit. */
function firstFault(text: string): Fault {
  const open: ('{' | '[')[] = [];
  let state: State = 'value';
  TOKEN.lastIndex = 0;
  for (;;) {
    const begin = TOKEN.lastIndex;
    const [whole, mark, string, literal] = TOKEN.exec(text) ?? [];
    const next: State | undefined =
      whole === undefined ? undefined : follow(state, mark ?? (string ? 'string' : literal), open);
    if (next === undefined) {
      const blank = /^[ \t\r\n]*/.exec(text.slice(begin))?.[0].length ?? 0;
      const at = begin + blank;
      const isOpenText = text[at] === '"' && whole === undefined;
      return { at, expected: isOpenText ? UNFINISHED : EXPECTED[state] };
    }
    state = next;
  }
}

/** Returns the state after a token; undefined if the token does not fit. */
function follow(state: State, token: string | undefined, open: ('{' | '[')[]): State | undefined {
  const afterValue = (): State => {
    const around = open.at(-1);
    return around === undefined ? 'end' : around === '{' ? 'more members' : 'more values';
  };
  const isName = state === 'name' || state === 'first name';
  if (isName && token === 'string') return 'colon';
  if (state === 'colon') return token === ':' ? 'value' : undefined;
  const closes = state === 'first name' || state === 'more members' ? '}' : ']';
  if (token === closes && state !== 'value' && state !== 'name' && state !== 'end') {
    open.pop();
    return afterValue();
  }
  if (token === ',') return state === 'more members' ? 'name' : state === 'more values' ? 'value' : undefined;
  if (state !== 'value' && state !== 'first value') return undefined;
  if (token === '{' || token === '[') {
    open.push(token);
    return token === '{' ? 'first name' : 'first value';
  }
  return token !== undefined && !/^[}\],:]$/.test(token) ? afterValue() : undefined;
}
