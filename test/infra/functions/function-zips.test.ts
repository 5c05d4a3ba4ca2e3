import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { bundleFunctions, deployedNames, filesOfBundle } from '../../../infra/functions/bundles.ts';
import { zipFunction } from '../../../infra/functions/function-zips.ts';

const folder = bundleFunctions();

describe('the zip of a function', () => {
  it.each(deployedNames)('%s has the files of its bundle, and the handler that Lambda looks for', (name) => {
    const files = unzipSync(new Uint8Array(readFileSync(zipFunction(name))));
    expect(Object.keys(files)).toEqual(filesOfBundle(name));
    expect(Object.keys(files)).toContain('index.mjs');
    for (const [file, content] of Object.entries(files))
      expect(Buffer.compare(content, readFileSync(join(folder, name, file)))).toBe(0);
  });

  it('has nothing that an earlier bundle left in the folder', () => {
    const left = join(folder, 'token/left.mjs');
    writeFileSync(left, 'export const left = 1;');
    expect(Object.keys(unzipSync(new Uint8Array(readFileSync(zipFunction('token')))))).toEqual(filesOfBundle('token'));
    rmSync(left);
  });

  it('has the same bytes each time, and no time of its own', () => {
    const first = readFileSync(zipFunction('token'));
    expect(Buffer.compare(readFileSync(zipFunction('token')), first)).toBe(0);
    // Time and date of the first entry, as MS-DOS writes them: noon, 1980-01-01.
    expect([first.readUInt16LE(10), first.readUInt16LE(12)]).toEqual([12 << 11, (1 << 5) | 1]);
  });
});
