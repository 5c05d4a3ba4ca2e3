import * as v from 'valibot';
import { conflictIn, type Place } from './settings-conflicts.ts';
import { type Settings, settingsSchema } from './settings-schema.ts';

/** The settings are wrong; the message is one sentence that says what to set. */
export class SettingsError extends Error {}

/**
 * Checks settings as read from a file; `source` is named in the message when they are wrong. `atHand` is where the
 * credentials lead, for settings without an account or a region.
 */
export function parseSettings(value: unknown, source: string, atHand: Place = {}): Settings {
  const result = v.safeParse(settingsSchema, value, { abortEarly: true });
  if (!result.success) throw new SettingsError(`${source}: ${sentenceFor(result.issues[0])}.`);
  const settings: Settings = result.output;
  const { account = atHand.account, region = atHand.region } = settings;
  const wrong = conflictIn(settings, { account, region });
  if (wrong) throw new SettingsError(`${source}: ${wrong}.`);
  return settings;
}

function sentenceFor(issue: v.BaseIssue<unknown>): string {
  const name = v.getDotPath(issue) ?? 'the file';
  if (issue.type !== 'strict_object') return `"${name}" ${issue.message}`;
  if (issue.expected === 'never') return `"${name}" is not a setting: correct its name or take it out`;
  const missing = issue.received === 'undefined' && issue.path !== undefined;
  return missing ? `set "${name}"` : `"${name}" must be an object with settings`;
}
