// The public entry of the construct: everything that a CDK app of your own needs, and nothing else. Code of this
// repository imports from the files themselves, except infra/app.ts, which uses the construct as your app would.

export { CibaProvider } from './ciba-provider.ts';
export type {
  AlarmProps,
  AlarmReceiver,
  ApnsProps,
  CibaProviderProps,
  DomainProps,
  EventsProps,
  FcmProps,
  MtlsDomainProps,
  ShieldLimits,
  ShieldProps,
  TracingProps,
  ZoneProps,
} from './settings/provider-props.ts';
export { SettingsError } from './settings/settings-error.ts';
