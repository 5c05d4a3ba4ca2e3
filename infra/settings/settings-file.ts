import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Place } from './known-place.ts';
import type { Settings } from './provider-settings.ts';
import { parseSettings } from './settings.ts';
import { SettingsError } from './settings-error.ts';

const STAGES = fileURLToPath(new URL('../stages/', import.meta.url));
/** The settings when no stage is named: no custom domain and no push credentials; everything else as for production. */
const MINIMAL = { stage: 'main' };

/**
 * Reads the settings that the context `stage` names: a stage in `infra/stages`, or a path that ends in `.json`. Without
 * a name it returns the minimal settings. `ofCredentials` is the account and region of the credentials.
 */
export function readSettings(stage: unknown, ofCredentials: Place = {}): Settings {
  if (stage === undefined) return MINIMAL;
  if (typeof stage !== 'string' || stage === '') throw new SettingsError('Name a stage, as in "-c stage=dev".');
  const isPath = stage.endsWith('.json');
  const file = isPath ? resolve(stage) : resolve(STAGES, `${stage}.json`);
  const source = relative(process.cwd(), file);
  const settings = parseSettings(parseJson(readText(file, source), source), source, ofCredentials);
  if (!isPath && settings.stage !== stage)
    throw new SettingsError(`${source}: set "stage" to "${stage}", the name of the file.`);
  return settings;
}

function readText(file: string, source: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new SettingsError(
      `There is no file ${source}: create it from infra/stages/production.example.json, or name another stage with "-c stage=…".`,
    );
  }
}

function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : '';
    throw new SettingsError(`${source} is not valid JSON: ${why}.`);
  }
}
