import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { type PackageFile, tarball } from '../../release/build/tarball.ts';

const folder = mkdtempSync(join(tmpdir(), 'ciba-tarball-'));
afterAll(() => rmSync(folder, { recursive: true }));

const long = `${'folder/'.repeat(14)}file-with-a-name.txt`;
const files: readonly PackageFile[] = [
  { path: 'package.json', content: '{"name":"x","version":"1.0.0"}' },
  { path: 'bin/run.mjs', content: '#!/usr/bin/env node\n', isExecutable: true },
  { path: long, content: 'é'.repeat(600) },
  { path: 'empty', content: '' },
];

describe('a tarball', () => {
  it('is read by tar: each file with its bytes, and with the mode of a program where it is one', () => {
    const file = join(folder, 'x.tgz');
    writeFileSync(file, tarball(files));
    execFileSync('tar', ['xzf', file, '-C', folder, '--no-same-permissions']);
    for (const { path, content } of files) expect(readFileSync(join(folder, 'package', path), 'utf8')).toBe(content);
    expect(statSync(join(folder, 'package/bin/run.mjs')).mode & 0o100).toBe(0o100);
    expect(statSync(join(folder, 'package/package.json')).mode & 0o100).toBe(0);
  });

  it('has the same bytes in whatever order the files come', () => {
    expect(Buffer.compare(tarball(files), tarball(files.toReversed()))).toBe(0);
  });

  it('names no owner, no machine and no time but the one that npm gives every file', () => {
    const bytes = gunzipSync(tarball(files));
    expect(bytes.toString('latin1', 108, 124)).toBe('0000000\x000000000\0');
    expect(Number.parseInt(bytes.toString('latin1', 136, 147), 8)).toBe(Date.UTC(1985, 9, 26, 8, 15) / 1000);
    // Time and system in the header of gzip (RFC 1952 §2.3.1): none, Unix.
    expect([...tarball(files).subarray(4, 10)]).toEqual([0, 0, 0, 0, 2, 3]);
  });

  it('refuses two files of one name, and a name that the form cannot hold', () => {
    expect(() => tarball([...files, { path: 'empty', content: 'x' }])).toThrow(
      'two files of the package are called empty',
    );
    expect(() => tarball([{ path: 'x'.repeat(101), content: '' }])).toThrow('too long for a tarball');
  });
});
