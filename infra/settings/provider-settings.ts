import type * as v from 'valibot';
import type { providerSchema, settingsSchema } from './settings-schema.ts';

// The settings as the construct works with them: texts and numbers, checked. What each means and its default stand in
// infra/props/, where users of the construct read them.

export type ProviderSettings = v.InferOutput<typeof providerSchema>;
/** The settings of one stage: those of the provider, and where it is deployed. */
export type Settings = v.InferOutput<typeof settingsSchema>;

type Member<Name extends keyof ProviderSettings> = NonNullable<ProviderSettings[Name]>;

export type DomainSettings = Member<'domain'>;
export type MtlsDomainSettings = Member<'mtlsDomain'>;
export type ZoneSettings = NonNullable<DomainSettings['zone']>;
export type ShieldSettings = Member<'shield'>;
export type ShieldLimits = NonNullable<ShieldSettings['perAddress']>;
export type AlarmSettings = Member<'alarms'>;
export type AlarmReceiver = NonNullable<AlarmSettings['page']>;
export type LimitSettings = Member<'limits'>;
export type TracingSettings = Member<'tracing'>;
export type AuditCopySettings = Member<'auditCopy'>;
export type BackupSettings = Member<'backups'>;
