import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { type CodeBlock, codeBlocksIn, codeBlocksOf, pages, root } from '../support/code-blocks.ts';

// The TypeScript and JavaScript of the pages is compiled against the real packages, under the flags of the project. What
// a block leaves out for brevity stands in a comment before its fence: <!-- given: import …; declare const … -->

const run = promisify(execFile);
/** Below the repository, where the packages are found. */
const folder = join(root, 'test-output/snippets');
const options = {
  extends: '../../tsconfig.json',
  // `./infra/…` in a page is meant from the repository's root.
  compilerOptions: { rootDirs: ['../..', '.'] },
  include: ['.'],
};

const blocks = pages.flatMap((page) => ['ts', 'js'].flatMap((language) => codeBlocksIn(page, language)));
const [broken] = codeBlocksOf(
  'made-up.md',
  '\n<!-- given: declare const issuer: URL -->\n```ts\nexport const n: number = issuer;\n```\n',
);

let problems: readonly string[];
beforeAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(options));
  for (const block of [...blocks, broken as CodeBlock]) writeFileSync(join(folder, fileOf(block)), moduleOf(block));
  const compiler = join(root, 'node_modules/.bin/tsc');
  const printed = await run(compiler, ['-p', folder, '--pretty', 'false'], { cwd: folder }).catch((error) => error);
  problems = String(printed.stdout).split('\n').filter(Boolean).map(asInPage);
});

const fileOf = ({ page, line }: CodeBlock): string => `${page.replaceAll('/', '__')}.${line}.ts`;
/** The code on the lines on which it stands in the page; what is given on the first. `export {}` makes it a module. */
const moduleOf = ({ line, text, given }: CodeBlock): string => `${given}; export {};${'\n'.repeat(line - 1)}${text}`;

/** `docs/deploy.md:170: error …` instead of the file that was compiled. */
function asInPage(problem: string): string {
  return problem.replace(/^(.*)\.\d+\.ts\((\d+),\d+\)/, (_, file: string, line: string) => {
    return `${file.replaceAll('__', '/')}:${line}`;
  });
}

describe('code in the documents', () => {
  it.each(blocks.map((block) => [`${block.page}:${block.line}`, block] as const))('%s compiles', (_, { page }) => {
    expect(problems.filter((problem) => problem.startsWith(`${page}:`))).toEqual([]);
  });

  it('compiles or is told by page and line', () => {
    const [problem] = problems.filter((one) => !blocks.some(({ page }) => one.startsWith(`${page}:`)));
    expect(problem).toBe("made-up.md:4: error TS2322: Type 'URL' is not assignable to type 'number'.");
  });
});

describe('JSON in the documents', () => {
  const json = pages.flatMap((page) => codeBlocksIn(page, 'json'));

  it.each(json.map(({ page, line, text }) => [`${page}:${line}`, text]))('%s parses', (_, text = '') => {
    expect(() => JSON.parse(text)).not.toThrow();
  });
});
