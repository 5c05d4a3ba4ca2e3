import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { FunctionName } from '../functions/deployed-functions.ts';
import type { AlarmProps, TracingProps } from './alarm-props.ts';
import type { DomainProps, MtlsDomainProps, ShieldProps } from './domain-props.ts';
import type { AcrRule, HintIssuer, KeyRotation, RequestLimits, RouteThrottles, TokenLifetimes } from './limit-props.ts';
import type { ApnsProps, FcmProps } from './push-props.ts';
import type { AuditCopyProps, BackupProps, EventsProps, RestoredProps } from './storage-props.ts';

/** What a provider is made with. Each property has a default that suits production. */
export interface CibaProviderProps {
  /** The name of the provider. Default: none; the issuer is the API's own address. */
  readonly domain?: DomainProps | undefined;
  /** A second name, which demands a client certificate. Needs `domain`. Default: none. */
  readonly mtlsDomain?: MtlsDomainProps | undefined;
  /** CloudFront with AWS WAF before the API. Needs `domain`. Default: none; the API faces the internet. */
  readonly shield?: ShieldProps | undefined;
  /** Earlier issuers, which are still accepted from devices and in hints. Default: none. */
  readonly previousIssuers?: readonly string[] | undefined;
  /** Default: no pushes to iPhones. */
  readonly apns?: ApnsProps | undefined;
  /** Default: no pushes to Android phones. */
  readonly fcm?: FcmProps | undefined;
  /**
   * Whether SNS platform applications of this deployment are deleted once the properties no longer ask for them.
   * Default: false.
   */
  readonly removeApplications?: boolean | undefined;
  /** Who receives alarms, and what they know about the account. Default: the alarms exist, and nobody receives them. */
  readonly alarms?: AlarmProps | undefined;
  /** Whether there are dashboards. CloudWatch bills each by the month beyond the first three. Default: `on`. */
  readonly dashboards?: 'on' | 'off' | undefined;
  /** Tags for every resource that takes tags, besides `App` and `Stack`, which they may replace. Default: none. */
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** Traces every function with an OpenTelemetry layer (docs/operations.md, Traces). Default: no traces. */
  readonly tracing?: TracingProps | undefined;
  /** How long logs are kept. Not `INFINITE`. Default: 90 days. */
  readonly logRetention?: RetentionDays | undefined;
  /**
   * The class of the access log. `infrequentAccess` costs half. CloudWatch Logs Insights can query it, but nothing can
   * subscribe to it or follow it live. Default: `infrequentAccess`.
   */
  readonly accessLogClass?: 'infrequentAccess' | 'standard' | undefined;
  /**
   * What happens to approvals and changes while the audit store acknowledges nothing. `refuse`: they are answered with
   * 503, because they could not be proven; denials, blocks, removals and revocations are made all the same. `proceed`:
   * everything is made, and the logs have the only record. Default: `refuse`.
   */
  readonly auditOutage?: 'refuse' | 'proceed' | undefined;
  /** How long the audit trail is kept, in whole days. Default: 400 days. */
  readonly auditRetention?: Duration | undefined;
  /**
   * Locks each object of the audit bucket for `auditRetention` (S3 Object Lock), so that no lifecycle rule and no
   * changed bucket policy can delete it before. `governance`: whoever has `s3:BypassGovernanceRetention`, and can
   * change the bucket policy, still can. `compliance`: nobody can, the account's root user included. Set it before the
   * first deployment: a lock can't be taken off a bucket again. Default: no lock.
   */
  readonly auditLock?: 'governance' | 'compliance' | undefined;
  /** S3 copies each object of the audit bucket into a bucket of another account. Default: no copies. */
  readonly auditCopy?: AuditCopyProps | undefined;
  /** Copies of backups. Default: none; point-in-time recovery alone, which ends with the account. */
  readonly backups?: BackupProps | undefined;
  /** Tells other systems by EventBridge what happened (docs/events.md). Default: no events, and no streams. */
  readonly events?: EventsProps | undefined;
  /** Limits of authentication requests. Default: those of each member. */
  readonly limits?: RequestLimits | undefined;
  /**
   * How long a new client secret works, in whole days, 30 to 1095; `client_secret_days` of a client wins. Default: no
   * end.
   */
  readonly clientSecretLifetime?: Duration | undefined;
  /** How long tokens are valid. Default: an hour for ID tokens, 15 minutes for access tokens. */
  readonly lifetimes?: TokenLifetimes | undefined;
  /** Times of a signing key. Default: 90 days, 2 days, 2 days. */
  readonly rotation?: KeyRotation | undefined;
  /** Which `acr` an approval gets, by the `amr` of the phone. The first rule that fits counts. Default: none. */
  readonly acrPolicy?: readonly AcrRule[] | undefined;
  /** Who may sign a `login_hint_token` for every client, at most five (docs/hints.md). Default: nobody. */
  readonly loginHintTokenIssuers?: readonly HintIssuer[] | undefined;
  /** A regular expression that a whole binding message must match. Default: only the general rules apply. */
  readonly bindingMessagePattern?: string | undefined;
  /**
   * `strict`: a binding message has one script, the digits 0 to 9, no web address and no phone number, and nothing else
   * that deceives the reader. `standard`: whatever can be shown safely. Default: `standard`.
   */
  readonly bindingMessages?: 'standard' | 'strict' | undefined;
  /**
   * The IAM identities that may call the admin API: ARNs of users, or the sessions of a role as
   * `arn:aws:sts::ACCOUNT:assumed-role/ROLE/*`. `grantAdmin` adds to them. Default: everybody whom IAM allows
   * `execute-api:Invoke`.
   */
  readonly operators?: readonly string[] | undefined;
  /** Ports at which clients may be called, to notify them or to fetch their keys, besides 443. Default: none. */
  readonly notificationPorts?: readonly number[] | undefined;
  /** What each route lets through from all callers together. Default: the `throttle` of each function. */
  readonly throttles?: RouteThrottles | undefined;
  /**
   * `RETAIN`: stored data outlives the stack, is protected from deletion and can be restored. `DESTROY`, for
   * development: stored data is deleted with the stack, and there is no audit store. No other policy. Default:
   * `RETAIN`.
   */
  readonly removalPolicy?: RemovalPolicy | undefined;
  /**
   * `canary`: a new version gets a tenth of the calls for five minutes, and an alarm rolls it back. `allAtOnce`: it
   * gets all calls at once. Default: `canary`.
   */
  readonly deployment?: 'canary' | 'allAtOnce' | undefined;
  /**
   * `on`: a client and a device of the deployment log in every few minutes, and as the smoke test of each deployment;
   * see docs/operations.md. `off`: neither they nor their functions exist. Default: `on`.
   */
  readonly syntheticLogin?: 'on' | 'off' | undefined;
  /** The time from one synthetic login to the next, 5 to 60 whole minutes. Default: 15 minutes. */
  readonly syntheticLoginInterval?: Duration | undefined;
  /**
   * Reserved concurrent instances of a function, which are also its limit. Default: none, because a new account has so
   * few instances that a reservation fails; see docs/operations.md.
   */
  readonly reservedConcurrency?: Partial<Readonly<Record<FunctionName, number | undefined>>> | undefined;
  /**
   * Megabytes of memory of a function, 128 to 10240. Its share of a processor grows with them. Default: 1024 where a
   * person or a client waits for a signature, less elsewhere.
   */
  readonly memoryMegabytes?: Partial<Readonly<Record<FunctionName, number | undefined>>> | undefined;
  /** Tables to use instead of those of the stack, after a restore or when a stack is made again. Default: its own. */
  readonly restored?: RestoredProps | undefined;
}
