import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { ROOT, textOf } from './bundle.ts';

/** Licences that let their code be part of ours. Each asks for its text, none that our code has the same licence. */
const PERMISSIVE = ['0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT'];
/** Files that the licences demand to be kept. */
const KEPT = /^(licen[cs]e|copying|notice)/i;
const packageFile = v.looseObject({ name: v.string(), version: v.string(), license: v.fallback(v.string(), 'none') });

/** A package that is part of a bundle. */
type Bundled = { readonly name: string; readonly version: string; readonly licence: string };
type Licensed = Bundled & { readonly texts: readonly string[] };

/** Returns the folders of the packages to which files belong, such as `node_modules/jose`. */
export function foldersOf(inputs: readonly string[]): readonly string[] {
  const folders = inputs.flatMap((input) => /.*node_modules\/(@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []);
  return [...new Set(folders)].sort();
}

/**
 * Writes the list of what is bundled, with the whole texts of its licences. Throws if a package has a licence that is not
 * permissive, or none.
 */
export function thirdPartyLicences(inputs: readonly string[]): string {
  const packages = foldersOf(inputs).map(readLicence).sort(byName);
  const refused = packages.filter(({ licence }) => !isPermissive(licence));
  if (refused.length > 0)
    throw new Error(
      `${refused.map(({ name, licence }) => `${name}: ${licence}`).join(', ')}: not a permissive licence`,
    );
  const byTexts = Map.groupBy(packages, ({ texts }) => texts.join('\n\n'));
  const sections = [...byTexts].map(([texts, licensed]) => `${licensed.map(titleOf).join('\n')}\n\n${texts}\n`);
  const rule = `\n${'-'.repeat(80)}\n\n`;
  return ['The programs of this package contain the following packages.\n', ...sections].join(rule);
}

/** Whether a licence, or one of several to choose from as in `(MIT OR Apache-2.0)`, is permissive. */
export function isPermissive(licence: string): boolean {
  const choices = licence.replaceAll(/[()]/g, '').split(' OR ');
  return choices.some((one) => PERMISSIVE.includes(one));
}

function titleOf({ name, version, licence }: Bundled): string {
  return `${name} ${version} (${licence})`;
}

function readLicence(folder: string): Licensed {
  const { name, version, license } = v.parse(packageFile, JSON.parse(textOf(`${folder}/package.json`)));
  const files = readdirSync(join(ROOT, folder)).filter((file) => KEPT.test(file));
  const texts = files.sort().map((file) =>
    readFileSync(join(ROOT, folder, file), 'utf8')
      .replaceAll('\r', '')
      .trim(),
  );
  return {
    name,
    version,
    licence: license,
    texts: texts.some((text) => text !== '') ? texts : [textWithout(name, license)],
  };
}

/** The end of the terms of the Apache License. An appendix with an example follows. */
const END_OF_TERMS = 'END OF TERMS AND CONDITIONS';
/** Texts of packages that name a licence, but have no file with it. */
const TEXTS: Readonly<Record<string, string>> = { '@middy/core': 'release/licences/middy-core.txt' };

function textWithout(name: string, licence: string): string {
  const kept = TEXTS[name];
  if (kept !== undefined) return textOf(kept).trim();
  // Of the permissive licences, this alone has no names and years in its text.
  if (licence !== 'Apache-2.0') throw new Error(`${name} has no text of its licence: add it to release/licences`);
  const whole = textOf('LICENSE');
  return whole.slice(0, whole.indexOf(END_OF_TERMS) + END_OF_TERMS.length).trim();
}

function byName(one: Bundled, other: Bundled): number {
  return one.name < other.name ? -1 : Number(one.name > other.name);
}
