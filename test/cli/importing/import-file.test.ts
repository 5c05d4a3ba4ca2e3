import { describe, expect, it } from 'vitest';
import { WrongUsage } from '../../../cli/command-line/failure.ts';
import { checkLines } from '../../../cli/importing/checked-lines.ts';
import { readImportFile, readUtf8 } from '../../../cli/importing/import-file.ts';
import { leaveOutUnverified } from '../../../cli/importing/unverified.ts';

const NAMES = { renamed: {}, ignoresUnknown: false };
type Names = Partial<Parameters<typeof readImportFile>[1]['names']>;
const linesIn = (text: string, names: Names = {}) =>
  readImportFile(text, { format: undefined, names: { ...NAMES, ...names } }).lines;
const usersIn = (text: string, names: Names = {}) => linesIn(text, names).map(({ profile, fault }) => profile ?? fault);
const rejectedIn = (text: string) => checkLines(linesIn(text)).bad.map(({ line, reason }) => [line.line, reason]);

describe('a CSV file with users', () => {
  it('has the members of its columns; an empty field is absent, and a flag is true or false', () => {
    expect(usersIn('sub,email,email_verified,blocked\ncrm-1,Ann@example.com,TRUE,\n,bo@example.com,,false\n')).toEqual([
      { sub: 'crm-1', email: 'Ann@example.com', email_verified: true },
      { email: 'bo@example.com', blocked: false },
    ]);
  });

  it('may call its columns otherwise, and have others', () => {
    const text = 'customer,Mail,tariff\n4711,ann@example.com,gold\n';
    const renamed = { customer: 'sub', Mail: 'email' };
    expect(usersIn(text, { renamed, ignoresUnknown: true })).toEqual([{ sub: '4711', email: 'ann@example.com' }]);
    expect(usersIn(text, { renamed: { ...renamed, tariff: '' } })).toEqual([{ sub: '4711', email: 'ann@example.com' }]);
    expect(() => usersIn(text, { renamed })).toThrow(/no member "tariff".*--map "tariff=MEMBER"/s);
    expect(() => usersIn(text, { renamed: { customer: 'id' } })).toThrow(WrongUsage);
  });

  it.each([
    ['emial,name\na,b', 'there is no member "emial"; did you mean email?'],
    ['sub,email,email\na,b,b', 'The first line names the column "email" twice'],
    ['"sub,name\na,b', 'The first line must name the columns'],
    ['sub,name\n', 'The file has no users'],
    ['', 'The first line must name the columns'],
  ])('that cannot be read is refused: %j', (text, message) => {
    expect(() => usersIn(text)).toThrow(message);
  });

  it.each([
    ['sub,email\ncrm-1', 'it has 1 field, and the first line has 2'],
    ['sub,email\n"crm"1,x', 'a quotation mark is where none may be, or missing'],
    ['sub,blocked\ncrm-1,maybe', 'blocked must be true or false'],
  ])('has a mistake in a line: %j', (text, reason) => {
    expect(rejectedIn(text)).toEqual([[2, reason]]);
  });
});

describe('the bytes of a file', () => {
  it('are UTF-8, with or without a byte order mark', () => {
    const text = 'sub,name\na,Jörg\n';
    expect(readUtf8(Buffer.from(text))).toBe(text);
    expect(readUtf8(Buffer.from(`\uFEFF${text}`))).toBe(text);
    expect(usersIn(readUtf8(Buffer.from('\uFEFF{"sub":"a"}\n')))).toEqual([{ sub: 'a' }]);
  });

  it.each([
    ['ISO-8859-1', Buffer.from('sub,name\na,Ann\nb,Jörg\n', 'latin1'), 3],
    ['UTF-16', Buffer.from('\uFEFFsub,name\na,Ann\n', 'utf16le'), 1],
  ])('are refused in %s, so that no name of a person loses letters', (_, bytes, line) => {
    expect(() => readUtf8(bytes)).toThrow(`The file is not UTF-8: line ${line} has other bytes. Save it as UTF-8`);
    expect(() => readUtf8(bytes)).toThrow(WrongUsage);
  });
});

describe('a file with a JSON object on each line', () => {
  it.each([
    ['[{"sub":"a"},{"sub":"b"}]', 'The file is a JSON array. Give one object on each line: jq -c ".[]" FILE'],
    ['\n [\n{"sub":"a"}\n]\n', 'The file is a JSON array.'],
    [
      '{\n  "sub": "a"\n}\n',
      'The file is one JSON object on several lines. Give one object on each line: jq -c . FILE',
    ],
  ])('is no JSON document: %j', (text, message) => {
    expect(() => usersIn(text)).toThrow(message);
  });

  it('is known by its first character', () => {
    expect(usersIn('{"sub":"a","email_verified":false}\n\n{"sub":"b","name":null}\n')).toEqual([
      { sub: 'a', email_verified: false },
      { sub: 'b' },
    ]);
  });

  it.each([
    [
      '{"sub":"a",}',
      'it is no JSON object: column 12: expected the name of a member in double quotation marks, but something else is here',
    ],
    ['{"sub":"a"}\n[1]', 'it is no JSON object: it is another value'],
    ['{"sub":1}', 'sub must be a text'],
    ['{"sub":"a","blocked":1}', 'blocked must be true or false'],
    ['{"sub":"a","colour":"blue"}', 'there is no member "colour"'],
  ])('has a mistake in a line: %j', (text, reason) => {
    expect(rejectedIn(text).map(([, found]) => found)).toEqual([reason]);
  });

  it('may come from Auth0: ids, verified numbers and blocks are kept, and everything else is left out', () => {
    const user = {
      user_id: 'auth0|5f7c',
      email: 'ann@example.com',
      email_verified: true,
      username: 'ann',
      phone_number: '+4930901820',
      phone_verified: true,
      blocked: false,
      nickname: 'annie',
      identities: [{ connection: 'Username-Password-Authentication' }],
      created_at: '2020-01-01',
    };
    expect(usersIn(JSON.stringify(user), { source: 'auth0' })).toEqual([
      {
        sub: 'auth0|5f7c',
        email: 'ann@example.com',
        email_verified: true,
        preferred_username: 'ann',
        phone_number: '+4930901820',
        phone_number_verified: true,
        blocked: false,
      },
    ]);
  });

  it('may come from Keycloak, where a user who is not enabled is blocked', () => {
    const user = {
      id: 'f81d4fae',
      username: 'ann',
      email: 'ann@example.com',
      emailVerified: true,
      firstName: 'Ann',
      lastName: 'Smith',
      enabled: false,
      credentials: [],
    };
    expect(usersIn(JSON.stringify(user), { source: 'keycloak' })).toEqual([
      {
        sub: 'f81d4fae',
        preferred_username: 'ann',
        email: 'ann@example.com',
        email_verified: true,
        name: 'Ann Smith',
        given_name: 'Ann',
        family_name: 'Smith',
        blocked: true,
      },
    ]);
  });

  it('may have a member inside another field, where Keycloak has a list with one value', () => {
    const renamed = { 'attributes.mobile': 'phone_number', 'attributes.checked': 'phone_number_verified' };
    const user = (attributes: unknown) => JSON.stringify({ id: 'k', attributes });
    const names = { source: 'keycloak', renamed };
    const good = user({ mobile: ['+4930901820'], checked: ['true'] });
    expect(usersIn(good, names)).toEqual([{ sub: 'k', phone_number: '+4930901820', phone_number_verified: true }]);
    for (const none of [undefined, null, 'text', {}, { mobile: [] }])
      expect(usersIn(user(none), names)).toEqual([{ sub: 'k' }]);
    expect(usersIn(user({ mobile: ['+4930901820', '+4930901821'] }), names)).toEqual([
      'attributes.mobile must be a text',
    ]);
    const other = { ignoresUnknown: true, renamed: { 'user_metadata.tel': 'phone_number' } };
    expect(usersIn('{"sub":"a","user_metadata":{"tel":"+4930901820"}}', other)).toEqual([
      { sub: 'a', phone_number: '+4930901820' },
    ]);
  });

  it('may come from a system where an address is a username: the address alone is kept', () => {
    const user = { id: 'f81d', username: 'ann@example.com', email: 'ann@example.com' };
    expect(usersIn(JSON.stringify(user), { source: 'keycloak' })).toEqual([{ sub: 'f81d', email: 'ann@example.com' }]);
  });

  it('may not set a member twice', () => {
    expect(usersIn('{"sub":"a","user_id":"b"}', { source: 'auth0' })).toEqual(['two fields set sub']);
  });
});

describe('an address or a phone number that nobody verified', () => {
  const taken = (text: string, names: Names = {}) =>
    leaveOutUnverified(linesIn(text, names), names.source).map(({ profile, leftOut }) => [profile, leftOut]);
  const both = { email: 'ann@example.com', phone_number: '+4930901820' };

  it('is left out if its line says so, each by itself, and the rest of the line stays', () => {
    const line = { sub: 'a', name: 'Ann', ...both };
    const email = { email: both.email, email_verified: true };
    expect(taken(JSON.stringify({ ...line, email_verified: true, phone_number_verified: false }))).toEqual([
      [{ sub: 'a', name: 'Ann', ...email }, ['phone_number']],
    ]);
    expect(taken(JSON.stringify({ ...line, email_verified: false, phone_number_verified: false }))).toEqual([
      [{ sub: 'a', name: 'Ann' }, ['email', 'phone_number']],
    ]);
  });

  it('is taken from a file of the company itself that says nothing of it', () => {
    expect(taken(JSON.stringify({ sub: 'a', ...both }))).toEqual([[{ sub: 'a', ...both }, []]]);
    expect(taken('sub,email,email_verified\na,ann@example.com,\n')).toEqual([[{ sub: 'a', email: both.email }, []]]);
  });

  it.each([
    ['auth0', { user_id: 'a', ...both }, { email_verified: true, phone_verified: true }],
    ['keycloak', { id: 'a', ...both }, { emailVerified: true, phone_number_verified: true }],
  ])('is left out of an export of %s that does not say that it is verified', (source, user, flags) => {
    expect(taken(JSON.stringify(user), { source })).toEqual([[{ sub: 'a' }, ['email', 'phone_number']]]);
    const not = Object.fromEntries(Object.keys(flags).map((name) => [name, false]));
    expect(taken(JSON.stringify({ ...user, ...not }), { source })).toEqual([[{ sub: 'a' }, ['email', 'phone_number']]]);
    const verified = { email_verified: true, phone_number_verified: true };
    expect(taken(JSON.stringify({ ...user, ...flags }), { source })).toEqual([
      [{ sub: 'a', ...both, ...verified }, []],
    ]);
  });

  it('is no name: a line with no other one is rejected', () => {
    const lines = leaveOutUnverified(linesIn('email,email_verified\nann@example.com,false\n'), undefined);
    const reason = 'nobody verified its email, and it has no other name; --unverified takes it';
    expect(checkLines(lines).bad.map((bad) => bad.reason)).toEqual([reason]);
  });

  it('is no duplicate of the verified one of another person', () => {
    const text = 'sub,email,email_verified\neve,ann@example.com,false\nann,ann@example.com,true\n';
    const { good, bad } = checkLines(leaveOutUnverified(linesIn(text), undefined));
    expect([good.map(({ profile }) => profile.email), bad]).toEqual([[undefined, 'ann@example.com'], []]);
  });
});

describe('what can be known before the first call', () => {
  it('is what the provider would refuse, in its own words', () => {
    expect(rejectedIn('email,phone_number\nno address,\n,12\n')).toEqual([
      [2, 'email must be an e-mail address.'],
      [3, 'phone_number must be an E.164 number as +4912345678.'],
    ]);
    expect(rejectedIn('sub\nsynthetic-login\na/b\n').map(([line]) => line)).toEqual([2, 3]);
  });

  it('is that nobody could name a user', () => {
    expect(rejectedIn('name\nAnn\n')).toEqual([
      [2, 'it has neither sub nor email, phone_number or preferred_username, so nobody could name the user'],
    ]);
  });

  it('is that an earlier line has the same name, in any spelling', () => {
    const text = 'sub,email,preferred_username\na,Ann@example.com,\nb,ann@EXAMPLE.com,\nc,,Ann\na,,\nd,,ANN\n';
    expect(rejectedIn(text)).toEqual([
      [3, 'line 2 has the same email'],
      [5, 'line 2 has the same sub'],
      [6, 'line 4 has the same username'],
    ]);
  });
});

describe('the report of rejected lines', () => {
  it('has the lines of a CSV file with number and reason, and can be imported when it is corrected', () => {
    const { header, lines } = readImportFile('sub;name\n"a;b";Ann\n', { format: undefined, names: NAMES });
    const report = `${header}\n${checkLines(lines)
      .bad.map(({ line, reason }) => line.rejected(reason))
      .join('\n')}\n`;
    expect(report).toMatch(/^sub;name;rejected_line;rejected_because\n"a;b";Ann;2;sub must be /);
    const again = readImportFile(report.replace('a;b', 'a-b'), { format: undefined, names: NAMES });
    expect(again.lines[0]?.profile).toEqual({ sub: 'a-b', name: 'Ann' });
    expect([again.header, again.lines[0]?.rejected('x')]).toEqual([header, 'a-b;Ann;2;x']);
  });

  it('has the members of JSON, or the text that is none', () => {
    const { lines } = readImportFile('{"sub":"a"}\n{oops\n', { format: undefined, names: NAMES });
    expect(lines.map((line) => JSON.parse(line.rejected('why')))).toEqual([
      { sub: 'a', rejected_line: 1, rejected_because: 'why' },
      { text: '{oops', rejected_line: 2, rejected_because: 'why' },
    ]);
    expect(usersIn('{"sub":"a","rejected_line":1,"rejected_because":"why"}')).toEqual([{ sub: 'a' }]);
  });
});
