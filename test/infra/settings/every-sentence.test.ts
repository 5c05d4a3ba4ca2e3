import { readFileSync } from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { CibaProvider, type CibaProviderProps } from '../../../infra/index.ts';
import { inProperties } from '../../../infra/props/prop-names.ts';
import { propsOf } from '../../../infra/settings/props-of-settings.ts';
import type { ProviderSettings } from '../../../infra/settings/provider-settings.ts';
import { parseSettings } from '../../../infra/settings/settings.ts';
import { SettingsError } from '../../../infra/settings/settings-error.ts';
import { WRONG, WRONG_IN_FILES, type WrongSettings } from './wrong-settings.ts';

/** Settings that are no objects, and whose property is one. */
const TIMES = ['logRetentionDays', 'auditRetentionDays', 'clientSecretDays', 'syntheticLoginMinutes'];

/** What the file says to settings. */
function inFile(settings: object, at: object = {}): string {
  return sentenceOf(() => parseSettings({ stage: 'test', ...settings }, 'test.json', at));
}

/** What the constructor says to the same settings as properties. */
function inConstructor(props: object, env: object = {}): string {
  const stack = new Stack(new App(), 'stack', { env });
  return sentenceOf(() => new CibaProvider(stack, 'Ciba', props as CibaProviderProps));
}

function sentenceOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  return 'accepted';
}

function rowsOf(wrong: readonly WrongSettings[]) {
  return wrong.map(([settings, sentence, at]) => [settings, sentence, at] as const);
}

/** Wrong settings as properties. What is no object where one is expected stays as it is. */
function asProps(settings: object): object {
  const members = Object.entries(settings).map(([name, value]) => {
    const isMapped = typeof value === 'object' || TIMES.includes(name);
    return isMapped ? propsOf({ [name]: value } as ProviderSettings) : { [name]: value };
  });
  const given = members.flatMap((one) => Object.entries(one).filter(([, value]) => value !== undefined));
  return Object.fromEntries(given);
}

describe('wrong settings', () => {
  it.each(rowsOf([...WRONG_IN_FILES, ...WRONG]))(
    '%j stop the synthesis with one sentence',
    (settings, sentence, at) => {
      expect(inFile(settings, at)).toContain(`test.json: ${sentence}`);
      expect(inFile(settings, at)).toMatch(/^[^\n]+\.$/);
    },
  );

  it.each(rowsOf(WRONG))('%j as properties stop the constructor with the same sentence', (settings, sentence, at) => {
    expect(inConstructor(asProps(settings), at)).toContain(`stack/Ciba: ${inProperties(sentence)}`);
    const file = inFile(settings, at).replace('test.json: ', '');
    expect(inConstructor(asProps(settings), at)).toBe(`stack/Ciba: ${inProperties(file)}`);
  });
});

describe('the table of wrong settings', () => {
  const said = [...WRONG_IN_FILES, ...WRONG].map(([settings, , at]) => inFile(settings, at));
  const files = ['arn-schemas', 'setting-forms', 'settings-schema', 'settings-conflicts', 'settings'];

  /** Sentences and parts of them, as they stand in the code, with `.*` for what is put in. */
  const written = files.flatMap((file) => {
    const text = readFileSync(new URL(`../../../infra/settings/${file}.ts`, import.meta.url), 'utf8');
    return [
      ...text.matchAll(
        /'((?:must|set|remove|is not) [^']*)'|'("[^']*" [^']*)'|`((?:must|set|remove|shorten|") ?[^`]*)`/g,
      ),
    ]
      .map(([, one, two, three]) => one ?? two ?? three ?? '')
      .filter((sentence) => / .* /.test(sentence) && !/^"\$\{name\}" \$/.test(sentence));
  });

  it('has every sentence that the code has', () => {
    expect(written.length).toBeGreaterThan(60);
    const patterns = written.map(
      (sentence) =>
        new RegExp(
          sentence
            .split(/\$\{[^}]*\}/)
            .map(escaped)
            .join('.*'),
        ),
    );
    expect(patterns.filter((pattern) => !said.some((one) => pattern.test(one))).map(String)).toEqual([]);
  });
});

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
