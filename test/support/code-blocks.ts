import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');
/** The pages whose code is tested. */
export const pages = [
  ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'],
  ...['bench/trial-features/README.md', 'bench/load/README.md'],
  ...globSync('docs/**/*.md', { cwd: root }),
]
  .map((path) => path.replaceAll('\\', '/'))
  .sort();

/** A fenced block of code in a page. */
export type CodeBlock = {
  readonly page: string;
  /** The page's line on which the code begins. */
  readonly line: number;
  /** The word after the fence; empty if there is none. */
  readonly language: string;
  readonly text: string;
  /** Code to put before the block, from a comment before the fence: `<!-- given: declare const issuer: URL -->`. */
  readonly given: string;
};

const FENCE = /^(?:<!-- given: (?<given>.*) -->\n)?```(?<language>[a-z]*)\n(?<text>[\s\S]*?)^```$/gm;

/** Returns the blocks of a page in this language. */
export function codeBlocksIn(page: string, language: string): readonly CodeBlock[] {
  return codeBlocksOf(page, readFileSync(join(root, page), 'utf8')).filter((block) => block.language === language);
}

/** Returns the text after a block, up to the next heading or the next block in the same language. */
export function sectionAfter({ page, line, text, language }: CodeBlock): string {
  const rest = readFileSync(join(root, page), 'utf8')
    .split('\n')
    .slice(line + text.split('\n').length - 1);
  const end = rest.findIndex((one) => one.startsWith('#') || one === `\`\`\`${language}`);
  return rest.slice(0, end < 0 ? undefined : end).join('\n');
}

/** Returns all blocks of a page. */
export function codeBlocksOf(page: string, markdown: string): readonly CodeBlock[] {
  return [...markdown.matchAll(FENCE)].map(({ index, groups: { given = '', language = '', text = '' } = {} }) => {
    const linesBefore = markdown.slice(0, index).split('\n').length - 1;
    return { page, line: linesBefore + (given === '' ? 2 : 3), language, text, given };
  });
}
