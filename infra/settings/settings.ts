import * as v from 'valibot';
import { conflictIn, type Place } from './settings-conflicts.ts';
import { SettingsError } from './settings-error.ts';
import { type Settings, settingsSchema } from './settings-schema.ts';

/**
 * Checks settings that were read from a file, which `source` names in error messages. `ofCredentials` is the account
 * and region of the credentials, for settings that name none.
 */
export function parseSettings(value: unknown, source: string, ofCredentials: Place = {}): Settings {
  const result = v.safeParse(settingsSchema, value, { abortEarly: true });
  if (!result.success) throw new SettingsError(`${source}: ${sentenceFor(result.issues[0])}.`);
  const settings: Settings = result.output;
  const { account = ofCredentials.account, region = ofCredentials.region } = settings;
  const wrong = conflictIn(settings, { account, region });
  if (wrong) throw new SettingsError(`${source}: ${wrong}.`);
  return settings;
}

function sentenceFor(issue: v.BaseIssue<unknown>): string {
  const name = v.getDotPath(issue) ?? 'the file';
  if (issue.type !== 'strict_object') return `"${name}" ${issue.message}`;
  if (issue.expected === 'never') return `"${name}" is not a setting: correct its name or remove it`;
  const missing = issue.received === 'undefined' && issue.path !== undefined;
  return missing ? `set "${name}"` : `"${name}" must be an object with settings`;
}
