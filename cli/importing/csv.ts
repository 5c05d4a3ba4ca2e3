/** A record of a CSV file, and the line on which it begins. Without `fields` it is malformed. */
export type CsvRecord = {
  readonly line: number;
  readonly text: string;
  readonly fields: readonly string[] | undefined;
};

/** What may separate fields. Spreadsheets write semicolons where the comma is the decimal sign. */
const SEPARATORS = [',', ';', '\t'] as const;
type Separator = (typeof SEPARATORS)[number];

/**
 * Reads CSV (RFC 4180). Lines may end with CRLF or LF, and empty lines are left out. A malformed record ends with its
 * line, so that one mistake does not take the rest of the file with it.
 */
export function parseCsv(file: string): { readonly separator: Separator; readonly records: readonly CsvRecord[] } {
  const text = file.replace(/^\uFEFF/, '');
  const separator = separatorOf(text);
  // A field in quotation marks, in which two stand for one; or one without any. Then a separator or an end.
  const field = new RegExp(`(?:"((?:[^"]|"")*)"|([^"${separator}\\r\\n]*))(${separator}|\\r?\\n|\\r?$)`, 'y');
  const records: CsvRecord[] = [];
  let line = 1;
  for (let at = 0; at < text.length; ) {
    const { fields, end } = readRecord(text, at, field);
    const whole = text.slice(at, end);
    if (whole.trim() !== '') records.push({ line, text: whole.replace(/\r?\n$/, ''), fields });
    line += whole.split('\n').length - 1;
    at = end;
  }
  return { separator, records };
}

/** Writes fields as a record of CSV, without the end of the line. */
export function csvRecord(fields: readonly string[], separator: Separator = ','): string {
  const isPlain = (value: string) => !value.includes(separator) && !/["\r\n]/.test(value);
  return fields.map((value) => (isPlain(value) ? value : `"${value.replaceAll('"', '""')}"`)).join(separator);
}

/** The separator is the one that the header has most often. */
function separatorOf(text: string): Separator {
  const [header = ''] = text.split(/\r?\n/, 1);
  const countOf = (separator: Separator) => header.split(separator).length;
  return SEPARATORS.reduce((best, one) => (countOf(one) > countOf(best) ? one : best));
}

function readRecord(text: string, begin: number, field: RegExp): { fields: string[] | undefined; end: number } {
  const fields: string[] = [];
  field.lastIndex = begin;
  for (;;) {
    const found = field.exec(text);
    if (!found) return { fields: undefined, end: endOfLine(text, begin) };
    const [, quoted, plain = '', end = ''] = found;
    fields.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === '' || end.endsWith('\n') || end === '\r') return { fields, end: field.lastIndex };
  }
}

function endOfLine(text: string, from: number): number {
  const at = text.indexOf('\n', from);
  return at < 0 ? text.length : at + 1;
}
