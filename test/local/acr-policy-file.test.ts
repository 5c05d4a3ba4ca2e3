import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readAcrPolicy } from '../../local/acr-policy-file.ts';
import { parseStartOptions } from '../../local/start-options.ts';

const folder = mkdtempSync(join(tmpdir(), 'acr-policy-'));
const file = (content: string) => {
  const path = join(folder, 'settings.json');
  writeFileSync(path, content);
  return path;
};

describe('npm start --acr-policy', () => {
  it('reads the classes of a settings file, and nothing else in it', async () => {
    const acrPolicy = [{ acr: 'urn:example:acr:pin', anyOf: ['pin', 'fpt'], needsVerificationKey: true }];
    const path = file(JSON.stringify({ issuer: 'https://login.example.com/', acrPolicy }));
    expect(parseStartOptions(['--acr-policy', path]).acrPolicy).toBe(path);
    expect(JSON.parse(await readAcrPolicy(path))).toEqual(acrPolicy);
  });

  it.each([
    ['no JSON', '{', /settings\.json is not valid JSON/],
    ['no policy', '{}', /must hold an object with acrPolicy.*Look at acrPolicy/],
    ['a list', '[]', /must hold an object with acrPolicy/],
    ['an unknown method', '{"acrPolicy":[{"acr":"a","anyOf":["hwk"]}]}', /Look at acrPolicy\.0\.anyOf\.0/],
    ['an unknown member', '{"acrPolicy":[{"acr":"a","anyOf":["pin"],"key":1}]}', /Look at acrPolicy\.0\.key/],
  ])('says what is wrong with %s', async (_, content, expected) => {
    await expect(readAcrPolicy(file(content))).rejects.toThrow(expected);
  });

  it('says that there is no such file', async () => {
    await expect(readAcrPolicy(join(folder, 'absent.json'))).rejects.toThrow(/absent\.json can't be read: there is no/);
  });
});
