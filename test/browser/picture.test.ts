import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PICTURES, takePictures } from '../support/demo-picture.ts';
import { chromium } from '../support/engines.ts';

const browser = chromium();

describe.skipIf(browser === undefined)('npm run docs:picture', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ciba-picture-'));
    await takePictures(folder, browser ?? '');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(Object.values(PICTURES))('takes %s from the page after a login, of at most 200 KB', async (name) => {
    const { size } = await stat(join(folder, name));
    expect(size).toBeGreaterThan(20_000);
    expect(size).toBeLessThanOrEqual(200_000);
    expect((await readFile(join(folder, name))).subarray(8, 12).toString()).toBe('WEBP');
  });
});
