import { describe, expect, it } from 'vitest';
import { bundleFunctions, readMetafile } from '../../infra/functions/bundles.ts';
import { foldersOf, isPermissive, thirdPartyLicences } from '../../release/build/licences.ts';

describe('the licence of a package that is bundled', () => {
  it.each(['MIT', 'Apache-2.0', 'ISC', '0BSD', '(MIT OR Apache-2.0)', 'MIT OR GPL-3.0-only'])(
    'may be %s',
    (licence) => {
      expect(isPermissive(licence)).toBe(true);
    },
  );

  it.each(['GPL-3.0-only', 'LGPL-2.1', 'AGPL-3.0', 'MPL-2.0', 'MIT AND GPL-2.0', 'UNLICENSED', 'none', ''])(
    'may not be "%s": our code would have to follow it, or nobody may copy it',
    (licence) => expect(isPermissive(licence)).toBe(false),
  );
});

describe('the list of licences', () => {
  bundleFunctions();
  const inputs = Object.values(readMetafile().outputs).flatMap((output) => Object.keys(output.inputs));

  it('names every package of the functions, and has the text of its licence', () => {
    const list = thirdPartyLicences(inputs);
    for (const folder of foldersOf(inputs)) expect(list).toContain(`${folder.replace(/.*node_modules\//, '')} `);
    expect(list).toMatch(/^valibot \d.*\(MIT\)$/m);
    expect(list).toMatch(/^jose \d.*\(MIT\)\n\nThe MIT License/m);
    expect(list).toContain('TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION');
  });

  it('is refused if a package names no licence or another', () => {
    expect(() => thirdPartyLicences(['node_modules/lazy/lazy.js'])).toThrow('lazy');
  });
});
