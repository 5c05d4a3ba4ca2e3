import { CERTIFICATION, type CertificationRow } from '../must/certification.ts';
import type { NamedTest, Requirement } from '../must/requirement.ts';
import { REQUIREMENTS } from '../must/requirements.ts';

// Makes the tables of docs/conformance.md from test/must/: a row for each requirement. `npm run docs` writes them.

export const CONFORMANCE_PAGE = 'docs/conformance.md';

/** The words of the page for what became of a requirement. */
const STATUS: Readonly<Record<Requirement['status'], string>> = {
  held: 'held',
  'not ours': 'not applicable',
  'not offered': 'not offered',
  differs: 'differs',
};
const LEVELS: readonly Requirement['level'][] = ['MUST', 'SHOULD', 'MAY', 'OPEN'];
const STATUSES = Object.keys(STATUS) as Requirement['status'][];
/** The standards, by how sections name them, and what each is, in the order of the page. */
const STANDARDS: Readonly<Record<string, string>> = {
  CIBA: 'OpenID Connect Client-Initiated Backchannel Authentication 1.0',
  'FAPI-CIBA': 'FAPI-CIBA profile',
  'CAMARA CIBA profile': 'CAMARA CIBA profile',
  'RFC 6749': 'RFC 6749, OAuth 2.0',
  'RFC 7009': 'RFC 7009, token revocation',
  'RFC 7523bis': 'RFC 7523bis, client assertions',
  'RFC 8176': 'RFC 8176, authentication methods',
  'RFC 8707': 'RFC 8707, resource indicators',
  'RFC 9396': 'RFC 9396, authorization details',
  'RFC 9493': 'RFC 9493, subject identifiers',
  'RFC 10027': 'RFC 10027, cross-device flows',
};

/** Returns the standard of a row: that of the first section that it names. */
function standardOf({ section }: Requirement): string {
  return section.replace(/[ ]?§.*/, '');
}

const cell = (text: string): string => text.replaceAll('|', '\\|');
const table = (headings: readonly string[], rows: readonly (readonly string[])[]): string =>
  [
    `| ${headings.join(' | ')} |`,
    `|${headings.map(() => '---|').join('')}`,
    ...rows.map((cells) => `| ${cells.map(cell).join(' | ')} |`),
  ].join('\n');

/** Names a test: a link to its file, and its title as Vitest prints it. */
function testCell({ file, titles }: NamedTest): string {
  const name = titles.join(' › ').replaceAll('`', '').replaceAll('<', '&lt;');
  return `[${file.replace(/^test\//, '')}](../${file}): ${name}`;
}

/** Each test once, in the order of the proofs. */
export function testsOf(tests: readonly NamedTest[]): string {
  return [...new Set(tests.map(testCell))].join('<br>');
}

function shownBy(one: Requirement): string {
  return one.status === 'held' ? testsOf(one.proofs.map(({ test }) => test)) : one.because;
}

function statusOf({ level, status }: Pick<Requirement, 'level' | 'status'>): string {
  return level === 'OPEN' ? `${STATUS[status]} (our choice)` : STATUS[status];
}

function countsOf(rows: readonly Requirement[]): string {
  const count = (level: string, status: string) =>
    String(rows.filter((row) => row.level === level && row.status === status).length);
  return table(
    ['level', ...STATUSES.map((status) => STATUS[status]), 'together'],
    LEVELS.map((level) => [
      level,
      ...STATUSES.map((status) => count(level, status)),
      String(rows.filter((row) => row.level === level).length),
    ]),
  );
}

/** The MUSTs that are not held, with the reason: what a reader wants to know first. */
function openMusts(): string {
  const rows = REQUIREMENTS.filter(({ level, status }) => level === 'MUST' && !['held', 'not ours'].includes(status));
  return table(
    ['id', 'requirement', 'status', 'why'],
    rows.map((one) => [`\`${one.id}\``, one.says, statusOf(one), shownBy(one)]),
  );
}

function standards(): string {
  const named = Map.groupBy(REQUIREMENTS, standardOf);
  const unknown = [...named.keys()].filter((standard) => !(standard in STANDARDS));
  if (unknown.length > 0) throw new Error(`test/support/conformance-page.ts does not know ${unknown.join(', ')}`);
  const parts = Object.entries(STANDARDS).map(([standard, title]) => {
    const rows = named.get(standard) ?? [];
    const cells = rows.map((one) => [`\`${one.id}\``, one.section, one.level, one.says, statusOf(one), shownBy(one)]);
    return `### ${title}\n\n${table(['id', 'section', 'level', 'requirement', 'status', 'test, or the reason'], cells)}`;
  });
  return parts.join('\n\n');
}

function certificationCell(row: CertificationRow): string {
  if ('by' in row) return `as ${row.by.map((id) => `\`${id}\``).join(', ')}`;
  return 'tests' in row ? testsOf(row.tests) : row.because;
}

function certification(): string {
  return table(
    ['id', 'level', 'what is checked', 'status', 'test, or the reason'],
    CERTIFICATION.map((row) => [`\`${row.id}\``, row.level, row.says, STATUS[row.status], certificationCell(row)]),
  );
}

const BLOCKS: Readonly<Record<string, () => string>> = {
  counts: () => countsOf(REQUIREMENTS),
  'open MUSTs': openMusts,
  standards,
  certification,
};

/** Returns the page with its tables made again. */
export function withConformanceTables(page: string): string {
  return Object.entries(BLOCKS).reduce((text, [name, make]) => {
    const block = new RegExp(`(<!-- conformance, ${name}: [^\\n]*-->\\n)(?:[^]*?\\n)??(<!-- end -->)`);
    if (!block.test(text)) throw new Error(`${CONFORMANCE_PAGE} has no block for ${name}`);
    return text.replace(block, (_, begin: string, end: string) => `${begin}\n${make()}\n\n${end}`);
  }, page);
}
