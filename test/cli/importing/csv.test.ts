import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvRecord, parseCsv } from '../../../cli/importing/csv.ts';

const fieldsIn = (text: string) => parseCsv(text).records.map(({ fields }) => fields);

describe('CSV (RFC 4180)', () => {
  it('has records on lines that end with CRLF or LF, and the last one may have no end (§2.1, §2.2)', () => {
    const records = [
      ['a', 'b'],
      ['c', 'd'],
    ];
    for (const text of ['a,b\r\nc,d', 'a,b\nc,d\n', 'a,b\r\nc,d\r\n', '\uFEFFa,b\nc,d', '\n\na,b\n\nc,d\n\n'])
      expect(fieldsIn(text)).toEqual(records);
  });

  it('keeps spaces, and reads separators, quotation marks and line breaks in quoted fields (§2.4 to §2.7)', () => {
    expect(fieldsIn('"a,1", b ,"x ""y"""\n"line 1\nline 2",,""')).toEqual([
      ['a,1', ' b ', 'x "y"'],
      ['line 1\nline 2', '', ''],
    ]);
  });

  it.each([
    [',', 'sub,name\nx,y'],
    [';', 'sub;name\nx;y'],
    ['\t', 'sub\tname\nx\ty'],
  ])('finds the separator %j in the header', (separator, text) => {
    expect(parseCsv(text).separator).toBe(separator);
    expect(fieldsIn(text)[1]).toEqual(['x', 'y']);
  });

  it('says on which line each record begins, also after fields with line breaks', () => {
    const { records } = parseCsv('a,b\n"1\n2\n3",x\n\nc,d\n');
    expect(records.map(({ line }) => line)).toEqual([1, 2, 6]);
  });

  it('takes a malformed record as one line, and goes on with the next', () => {
    const { records } = parseCsv('a,b\n"open,x\nc,d\ne"f,g\n"h"i,j\nk,l\n');
    expect(records.map(({ line, fields }) => [line, fields])).toEqual([
      [1, ['a', 'b']],
      [2, undefined],
      [3, ['c', 'd']],
      [4, undefined],
      [5, undefined],
      [6, ['k', 'l']],
    ]);
    expect(records[1]?.text).toBe('"open,x');
  });

  it('reads what it writes, whatever is in the fields', () => {
    const field = fc.string({ unit: fc.constantFrom('a', 'ü', '"', ',', ';', '\t', '\n', '\r\n', ' ', '😀') });
    const record = fc.array(field, { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 5 }), (rows) => {
        const text = [['one', 'two'], ...rows].map((row) => `${csvRecord(row)}\r\n`).join('');
        const isEmpty = (row: readonly string[]) => csvRecord(row).trim() === '';
        expect(fieldsIn(text).slice(1)).toEqual(rows.filter((row) => !isEmpty(row)));
      }),
    );
  });

  it('reads a hundred thousand records in a moment', () => {
    const text = `sub,name\n${'crm-1,"Anna ""A"" Example"\n'.repeat(100_000)}`;
    expect(parseCsv(text).records).toHaveLength(100_001);
    expect(parseCsv(`"${'a'.repeat(2_000_000)}`).records).toHaveLength(1);
  });
});
