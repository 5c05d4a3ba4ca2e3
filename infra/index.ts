// The public entry of the construct: everything that a CDK app of your own needs, and nothing else. Code of this
// repository imports from the files themselves, except the app (infra/app.ts), which uses the construct as yours would.

export type { MetricName } from '../provider/core/operating/metrics.ts';
export type { AdminRoute } from './api/operators.ts';
export { CibaProvider } from './ciba-provider.ts';
export type { FunctionName } from './functions/deployed-functions.ts';
export type { AlarmChange, AlarmProps, AlarmReceiver, TracingProps } from './props/alarm-props.ts';
export type { DeployedFunction } from './props/deployed-function.ts';
export type { DomainProps, MtlsDomainProps, ShieldLimits, ShieldProps, TruststoreProps } from './props/domain-props.ts';
export type {
  AcrRule,
  DenialPause,
  HintIssuer,
  KeyRotation,
  RequestLimits,
  RouteThrottle,
  RouteThrottles,
  TokenLifetimes,
  UserLimits,
} from './props/limit-props.ts';
export type { CibaProviderProps } from './props/provider-props.ts';
export type { ApnsProps, FcmProps } from './props/push-props.ts';
export type { AuditCopyProps, BackupProps, EventsProps, RestoredProps, RestoredTable } from './props/storage-props.ts';
export { SettingsError } from './settings/settings-error.ts';
