import { codeBlocksOf } from '../../support/code-blocks.ts';

/** A program of a page, which a developer would save and run. */
export type PageProgram = { readonly file: string; readonly text: string };

/** Returns the programs of a page by their files: the blocks of code that begin with a comment that names a file. */
export function programsOf(page: string, markdown: string): ReadonlyMap<string, PageProgram> {
  const programs = codeBlocksOf(page, markdown).flatMap(({ text }) => {
    const file = /^(?:\/\/|#) (?<file>[\w-]+\.\w+)$/m.exec(text.split('\n', 1)[0] ?? '')?.groups?.['file'];
    return file === undefined ? [] : [[file, { file, text }] as const];
  });
  return new Map(programs);
}
