import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { broken } from '../must/copy.ts';
import { fullNameOf, literally, type Proof } from '../must/requirement.ts';
import { REQUIREMENTS } from '../must/requirements.ts';

// What npm run must needs, held by npm test: the data fit the sources of today. The breaks themselves are tried by that
// command.

const ROOT = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const PROOFS = REQUIREMENTS.flatMap((one) =>
  one.status === 'held' ? one.proofs.map((proof) => [`${one.id}: ${fullNameOf(proof.test)}`, proof] as const) : [],
);

/** Every string of a source that may be a title, as the pattern of what it stands for. */
function titlesIn(source: string): readonly RegExp[] {
  const strings = source.matchAll(/'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`/g);
  return [...strings].flatMap(([, single, double, template]) => {
    const text = (single ?? double ?? template ?? '').replaceAll(/\\(['"`\\])/g, '$1');
    const fixed = text.split(/%[sdifjoO#]|\$\{[^}]*\}|\$[a-z]\w*/i).map(literally);
    // A title that is all placeholder would fit everything. What it stands for is a string of its own.
    return fixed.every((part) => part === '') ? [] : [new RegExp(`^${fixed.join('[^]+')}$`)];
  });
}

const titles = new Map<string, readonly RegExp[]>();
function hasTitle({ file }: Proof['test'], title: string): boolean {
  const known = titles.get(file) ?? titlesIn(read(file));
  titles.set(file, known);
  // Contract suites run on each engine, whose name is added to that of the suite.
  const name = title.replace(/ on dynalite$/, '');
  return known.some((pattern) => pattern.test(name));
}

describe('the requirements', () => {
  it('have an id each, in the words of ids', () => {
    const ids = REQUIREMENTS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => !/^[A-Za-z0-9._-]+$/.test(id))).toEqual([]);
  });

  it('of CIBA have the number of one of their sections at the beginning of their id', () => {
    const wrong = REQUIREMENTS.filter(({ id, section }) => {
      const number = /^CIBA-(\d+(?:\.\d+)*)/.exec(id)?.[1];
      const sections = [...section.matchAll(/§(\d+(?:\.\d+)*)/g)].map(([, one = '']) => one);
      return number !== undefined && !sections.some((one) => `${number}.`.startsWith(one) || one.startsWith(number));
    });
    expect(wrong.map(({ id }) => id)).toEqual([]);
  });

  it('are sentences', () => {
    expect(REQUIREMENTS.map(({ says }) => says).filter((says) => !/^[A-Z`].*\.$/.test(says))).toEqual([]);
  });

  it('have a reason where they are not held', () => {
    const reasons = REQUIREMENTS.flatMap((one) => (one.status === 'held' ? [] : [one.because]));
    expect(reasons.filter((because) => !/^[A-Z`].*\.$/.test(because))).toEqual([]);
  });
});

it('the choices that a standard leaves are in docs/security/standards.md, each by its id', () => {
  const page = read('docs/security/standards.md');
  const choices = REQUIREMENTS.filter(({ id }) => id.startsWith('choice.')).map(({ id }) => id);
  expect(page.match(/`choice\.[a-z-]+`/g)?.toSorted()).toEqual(choices.map((id) => `\`${id}\``).toSorted());
});

describe('the proofs', () => {
  const without = (holds: (proof: Proof) => boolean) =>
    PROOFS.filter(([, proof]) => !holds(proof)).map(([name]) => name);

  it('change a text that occurs exactly once in the sources, and no test', () => {
    expect(without(({ breaks }) => broken(read(breaks.file), breaks) !== undefined)).toEqual([]);
    expect(without(({ breaks }) => /^(provider|lambdas|infra)\//.test(breaks.file))).toEqual([]);
    expect(without(({ breaks }) => breaks.broken !== breaks.text)).toEqual([]);
  });

  it('name a test that is in its file, and has the section of a standard in its name', () => {
    expect(without(({ test }) => test.titles.every((title) => hasTitle(test, title)))).toEqual([]);
    expect(without(({ test }) => /§\d|RFC \d|FAPI-CIBA/.test(fullNameOf(test)))).toEqual([]);
  });
});
