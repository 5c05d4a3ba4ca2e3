import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readHintIssuers } from '../../../cli/command-line/option-reading.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hint-issuers-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(text: string): string {
  const path = join(folder, 'issuers.json');
  writeFileSync(path, text);
  return path;
}

it('reads a list of the issuers of hint tokens', () => {
  const issuers = [{ issuer: 'a', jwks: { keys: [{ kty: 'EC' }] } }];
  expect(readHintIssuers([file(JSON.stringify(issuers))])).toEqual(issuers);
});

it.each([
  ['a private key, which is never sent', '[{"issuer":"a","jwks":{"keys":[{"kty":"EC","d":"secret"}]}}]', 'private key'],
  ['an object', '{"issuer":"a"}', 'must contain a JSON list'],
  ['what is no JSON', '[', 'is not JSON'],
  ['another member after the list', '[], "issuers": 7', 'must contain a JSON list'],
])('refuses %s', (_, text, sentence) => {
  expect(() => readHintIssuers([file(text)])).toThrow(sentence);
  expect(() => readHintIssuers([file(text)])).not.toThrow('secret');
});
