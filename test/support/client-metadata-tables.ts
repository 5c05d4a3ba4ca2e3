import { CLIENT_METADATA_ROWS as rows } from '../../provider/core/client/metadata.ts';
import type { MemberSpec } from '../../provider/core/client/metadata-member.ts';

// Makes the text on client metadata in docs/ from the metadata table. `npm run docs` writes it between markers in the
// pages.

const code = (text: string) => `\`${text}\``;
const either = (words: readonly string[]) =>
  [words.slice(0, -1).join(', '), words.at(-1)].filter((part) => part !== '').join(' or ');
const table = (headings: readonly string[], body: readonly (readonly string[])[]) =>
  [
    `| ${headings.join(' | ')} |`,
    `|${headings.map(() => '---|').join('')}`,
    ...body.map((cells) => `| ${cells.join(' | ')} |`),
  ].join('\n');

/** Describes the JSON value of a member. */
function valueInWords(member: MemberSpec): string {
  const expected = member.rule?.expected;
  switch (member.kind) {
    case 'text':
      return expected ?? `text of at most ${member.longest} characters`;
    case 'choice':
      return either(member.of.map(code));
    case 'choices':
      return `list of ${either(member.of.map(code))}`;
    case 'whole_number':
      return `whole number, ${member.least} ${member.most === undefined ? 'or more' : `to ${member.most}`}`;
    case 'boolean':
      return either(['true', 'false'].map(code));
    case 'texts':
      return [`list of at most ${member.most} texts`, expected].join(', ');
    case 'texts_by_name':
      return [code('{"name": "text"}'), expected].join(', ');
    case 'public_keys':
      return `${code('{"keys": […]}')}, 1 to ${member.most} keys`;
    case 'hint_issuers':
      return `list of at most ${member.most} of ${code('{"issuer", "jwks", "jwks_uri", "audience"}')}`;
  }
}

const members = () =>
  table(
    ['member', 'value', 'meaning', 'when absent', 'from'],
    rows.map(([name, member]) => [code(name), valueInWords(member), member.means, member.whenAbsent, member.source]),
  );

function changes(): string {
  const removable = rows.filter(([, { change }]) => change === 'remove').map(([name]) => code(name));
  return `\`null\` takes a member out. These may be taken out: ${removable.join(', ')}.`;
}

/** Makes a row for each member of a stored client, with the members of the registration that it holds. */
function stored(): string {
  const holders = Map.groupBy(rows, ([, { storedAs }]) => storedAs);
  return table(
    ['stored', 'of the registration'],
    [...holders].map(([holder, held]) => [code(holder), held.map(([name]) => code(name)).join(', ')]),
  );
}

/** The pages, and the functions that make their blocks. */
const PAGES: Readonly<Record<string, Readonly<Record<string, () => string>>>> = {
  'docs/admin-api.md': { members, changes },
  'docs/storage.md': { stored },
};
export const pagesWithTables = Object.keys(PAGES);

/** Returns a page with its blocks made again. */
export function withTables(page: string, markdown: string): string {
  return Object.entries(PAGES[page] ?? {}).reduce((text, [name, make]) => {
    const block = new RegExp(`(<!-- client metadata, ${name}: [^\\n]*-->\\n)(?:[^]*?\\n)??(<!-- end -->)`);
    if (!block.test(text)) throw new Error(`${page} has no block for ${name}`);
    return text.replace(block, (_, begin: string, end: string) => `${begin}\n${make()}\n\n${end}`);
  }, markdown);
}
