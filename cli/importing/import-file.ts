import type { UserProfile } from '../../provider/core/person/profile.ts';
import { WrongUsage } from '../command-line/failure.ts';
import { jsonFault } from '../command-line/json-fault.ts';
import { parseJsonObject } from '../command-line/json-object.ts';
import { quoted } from '../command-line/text-layout.ts';
import { csvRecord, parseCsv } from './csv.ts';
import {
  type Address,
  expectedOf,
  type FieldNames,
  MEMBERS,
  REPORT_FIELDS,
  readValue,
  targetOf,
  unknownField,
  wholeName,
} from './user-fields.ts';

export const FORMATS = ['csv', 'jsonl'] as const;
/** A line of a file: a user, or why it is none. */
export type ImportLine = {
  readonly line: number;
  readonly profile: UserProfile | undefined;
  readonly fault: string | undefined;
  /** What was left out of the profile, because nobody verified it. */
  readonly leftOut?: readonly Address[];
  /** The line as it is written into the report of rejected lines, with the reason. */
  readonly rejected: (reason: string) => string;
};
/** A file with users. `header` begins the report of rejected lines. */
export type ImportFile = { readonly header: string | undefined; readonly lines: readonly ImportLine[] };

type Pairs = readonly (readonly [field: string, value: unknown])[];

/** Reads a file. Throws if it can't be read at all. A mistake in one line is a fault of that line. */
export function readImportFile(
  text: string,
  { format, names }: { format: string | undefined; names: FieldNames },
): ImportFile {
  const isJson = format === undefined ? /^\s*[[{]/.test(text) : format === 'jsonl';
  if (isJson) checkOneObjectALine(text);
  const file = isJson ? readJsonLines(text, names) : readCsv(text, names);
  if (file.lines.length === 0) throw new WrongUsage('The file has no users');
  return file;
}

/**
 * Reads the text of a file. Refuses another encoding than UTF-8, such as that of older spreadsheets: its letters would
 * become question marks in the names of people, and nobody would notice.
 */
export function readUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const whole = Buffer.from(bytes).toString();
    const line = whole.slice(0, whole.indexOf('\uFFFD')).split('\n').length;
    throw new WrongUsage(
      `The file is not UTF-8: line ${line} has other bytes. Save it as UTF-8 (in a spreadsheet: CSV UTF-8), or convert it, for example: iconv -f ISO-8859-1 -t UTF-8 FILE`,
    );
  }
}

/** Throws if the file is one JSON document, which is what most systems export. */
function checkOneObjectALine(text: string): void {
  const document = text.trim();
  if (document.startsWith('['))
    throw new WrongUsage('The file is a JSON array. Give one object on each line: jq -c ".[]" FILE');
  if (document.includes('\n') && parseJsonObject(document))
    throw new WrongUsage('The file is one JSON object on several lines. Give one object on each line: jq -c . FILE');
}

function readCsv(text: string, names: FieldNames): ImportFile {
  const { separator, records } = parseCsv(text);
  const [header, ...rows] = records;
  const fields = header?.fields?.map((field) => field.trim());
  if (!header || !fields) throw new WrongUsage('The first line must name the columns, for example: sub,email,name');
  const repeated = fields.find((field, at) => fields.indexOf(field) !== at);
  if (repeated !== undefined) throw new WrongUsage(`The first line names the column ${quoted(repeated)} twice`);
  const unknown = fields.find((field) => targetOf(field, names) === false);
  if (unknown !== undefined)
    throw new WrongUsage(
      `Column: ${unknownField(unknown)} The members are ${MEMBERS.join(', ')}. --map "${unknown}=MEMBER" names one, and --ignore-unknown leaves such columns out`,
    );
  const lines = rows.map(({ line, text: row, fields: values }): ImportLine => {
    const own = values?.filter((_, at) => !isOfReport(fields[at])) ?? [row];
    const rejected = (reason: string) => csvRecord([...own, String(line), reason], separator);
    if (!values)
      return { line, profile: undefined, fault: 'a quotation mark is where none may be, or missing', rejected };
    if (values.length !== fields.length) {
      const count = `${values.length} ${values.length === 1 ? 'field' : 'fields'}`;
      const fault = `it has ${count}, and the first line has ${fields.length}`;
      return { line, profile: undefined, fault, rejected };
    }
    return {
      line,
      ...userFrom(
        fields.map((field, at) => [field, values[at]] as const),
        names,
      ),
      rejected,
    };
  });
  const own = fields.filter((field) => !isOfReport(field));
  return { header: csvRecord([...own, ...REPORT_FIELDS], separator), lines };
}

function isOfReport(field: string | undefined): boolean {
  return REPORT_FIELDS.some((one) => one === field);
}

function readJsonLines(text: string, names: FieldNames): ImportFile {
  const lines = text.split('\n').map((row, at): ImportLine | undefined => {
    const line = at + 1;
    if (row.trim() === '') return undefined;
    const value = parseJsonObject(row);
    const rejected = (reason: string) =>
      JSON.stringify({ ...(value ?? { text: row }), rejected_line: line, rejected_because: reason });
    if (value) return { line, ...userFrom(fieldsOf(value, names), names), rejected };
    const fault = `it is no JSON object: ${jsonFault(row) ?? 'it is another value'}`.replace(/line 1, /, '');
    return { line, profile: undefined, fault, rejected };
  });
  return { header: undefined, lines: lines.filter((line) => line !== undefined) };
}

/** Returns the fields of an object, and those inside its fields that have a name in `renamed`, such as `attributes.mail`. */
function fieldsOf(value: Readonly<Record<string, unknown>>, { renamed }: FieldNames): Pairs {
  const inner = Object.keys(renamed).filter((field) => field.includes('.') && !Object.hasOwn(value, field));
  return [...Object.entries(value), ...inner.map((field) => [field, valueAt(value, field)] as const)];
}

/** Keycloak keeps each attribute as a list. One with a single value is that value. */
function valueAt(value: unknown, path: string): unknown {
  const found = path
    .split('.')
    .reduce(
      (outer, name) =>
        typeof outer === 'object' && outer !== null && Object.hasOwn(outer, name)
          ? Reflect.get(outer, name)
          : undefined,
      value,
    );
  return Array.isArray(found) && found.length <= 1 ? found[0] : found;
}

/** Makes the user of a line. */
function userFrom(pairs: Pairs, names: FieldNames): Pick<ImportLine, 'profile' | 'fault'> {
  const members: Record<string, unknown> = {};
  for (const [field, value] of pairs) {
    const target = targetOf(field, names);
    if (target === false) return { profile: undefined, fault: unknownField(field) };
    if (target === undefined) continue;
    const read = readValue(target, value);
    if (read === null) return { profile: undefined, fault: `${field} must be ${expectedOf(target)}` };
    const member = target === 'not blocked' ? 'blocked' : target;
    if (read !== undefined && Object.hasOwn(members, member))
      return { profile: undefined, fault: `two fields set ${member}` };
    // Other systems may have an address as username. The address itself names the user here.
    const isAddress = member === 'preferred_username' && String(read).includes('@');
    if (read !== undefined && !(isAddress && names.source !== undefined)) members[member] = read;
  }
  return { profile: { ...wholeName(members, names), ...members }, fault: undefined };
}
