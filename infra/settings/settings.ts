import * as v from 'valibot';
import { inProperties, settingAmong } from '../props/prop-names.ts';
import type { CibaProviderProps } from '../props/provider-props.ts';
import { settingsOf } from '../props/settings-of-props.ts';
import { withoutUndefined } from '../props/unchecked.ts';
import type { Place } from './known-place.ts';
import type { ProviderSettings, Settings } from './provider-settings.ts';
import { conflictIn } from './settings-conflicts.ts';
import { SettingsError } from './settings-error.ts';
import { providerSchema, settingsSchema } from './settings-schema.ts';

/**
 * Checks settings that were read from a file, which `source` names in error messages. `ofCredentials` is the account
 * and region of the credentials, for settings that name none.
 */
export function parseSettings(value: unknown, source: string, ofCredentials: Place = {}): Settings {
  const result = v.safeParse(settingsSchema, value, { abortEarly: true });
  if (!result.success) throw new SettingsError(`${source}: ${sentenceFor(result.issues[0])}.`);
  const settings = result.output;
  const { account = ofCredentials.account, region = ofCredentials.region } = settings;
  const wrong = conflictIn(settings, { account, region });
  if (wrong) throw new SettingsError(`${source}: ${wrong}.`);
  return settings;
}

/**
 * Checks the properties of a construct, whose path is `source`, by the same rules and in the same words. `place` is where
 * its stack is deployed, as far as that is known.
 */
export function parseProps(props: CibaProviderProps, source: string, place: Place): ProviderSettings {
  const wrongName = settingAmong(props);
  if (wrongName !== undefined) throw new SettingsError(`${source}: "${wrongName}" ${NO_SETTING}.`);
  const result = v.safeParse(providerSchema, withoutUndefined(settingsOf(props)), { abortEarly: true });
  const wrong = result.success ? conflictIn(result.output, place) : sentenceFor(result.issues[0]);
  if (!result.success || wrong) throw new SettingsError(`${source}: ${inProperties(wrong ?? '')}.`);
  return result.output;
}

const NO_SETTING = 'is not a setting: correct its name or remove it';

function sentenceFor(issue: v.BaseIssue<unknown>): string {
  const name = v.getDotPath(issue) ?? 'the file';
  if (issue.type !== 'strict_object') return `"${name}" ${issue.message}`;
  if (issue.expected === 'never') return `"${name}" ${NO_SETTING}`;
  const missing = issue.received === 'undefined' && issue.path !== undefined;
  return missing ? `set "${name}"` : `"${name}" must be an object with settings`;
}
