import type { RouteThrottle, Throttle } from '../../provider/core/operating/function-spec.ts';
import type { FunctionName } from '../functions/deployed-functions.ts';
import type { AuditCopyProps, BackupProps } from './copies.ts';
import type { RequestLimits } from './request-limits.ts';

/** Minutes from one synthetic login to the next, unless the settings say otherwise. */
export const SYNTHETIC_LOGIN_MINUTES = 15;

/** A name in a public Route 53 hosted zone of the account. */
export type ZoneProps = { readonly id: string; readonly name: string };

/** The domain name of the provider, which clients, phones and tokens use. */
export type DomainProps = {
  /** Host name, e.g. `login.example.com`. The issuer is `https://` + name + `/`; changing it is a migration. */
  readonly name: string;
  /** ACM certificate for the name, in the region of the deployment. */
  readonly certificateArn: string;
  /** The zone for the alias record. Without it you make the DNS record yourself; an output names its target. */
  readonly zone?: ZoneProps | undefined;
};

/** A second domain name, where API Gateway demands a client certificate of every caller. It authenticates no client. */
export type MtlsDomainProps = DomainProps & {
  /** The trusted certificate authorities: a PEM bundle in a versioned bucket. A new version takes a new deployment. */
  readonly truststore: { readonly bucket: string; readonly key: string; readonly version?: string | undefined };
  /** Public ACM certificate that proves ownership, when `certificateArn` is imported or from a private authority. */
  readonly ownershipCertificateArn?: string | undefined;
};

/** CloudFront with AWS WAF before the API, so that strangers cannot exhaust it (docs/adr/0027). */
export type ShieldProps = {
  /** ACM certificate for `domain.name` in us-east-1, which CloudFront shows to callers. */
  readonly certificateArn: string;
  /**
   * `closed`: the API demands CloudFront's client certificate, so nobody gets around the shield. `open`: it does not yet;
   * for the time until the DNS name of a running deployment leads to CloudFront everywhere. Default: `closed`.
   */
  readonly origin?: 'closed' | 'open' | undefined;
  /** Networks of backends of clients, such as `198.51.100.0/24`, to which the limits by address do not apply. IPv4. */
  readonly knownBackends?: readonly string[] | undefined;
  /** Calls that one address may make in five minutes, by what they are for. Default: 300, 3000 and 2000. */
  readonly perAddress?: ShieldLimits | undefined;
  /** Whether the rules that AWS manages only count, or block. Default: `count`. */
  readonly managedRules?: 'count' | 'block' | undefined;
};

/** Calls in five minutes from one address. */
export type ShieldLimits = {
  readonly authentication?: number | undefined;
  readonly token?: number | undefined;
  readonly device?: number | undefined;
};

/** Pushes to iPhones: a credential from which the deployment makes platform applications, or existing applications. */
export type ApnsProps = {
  /** A secret with `{"teamId", "keyId", "privateKey"}`; `privateKey` is the text of the `.p8` file. */
  readonly secretArn?: string | undefined;
  /** Any text; changing it makes the deployment read the secret again. */
  readonly credentialVersion?: string | undefined;
  /** Whether to make an application for development builds as well. Default: false. */
  readonly sandbox?: boolean | undefined;
  readonly applicationArn?: string | undefined;
  readonly sandboxApplicationArn?: string | undefined;
  /** The app's bundle id. */
  readonly bundleId: string;
};

/**
 * Pushes to Android phones: a credential from which the deployment makes the application, or an existing application.
 */
export type FcmProps = {
  /** A secret with the JSON file of the Firebase service account. */
  readonly secretArn?: string | undefined;
  /** Any text; changing it makes the deployment read the secret again. */
  readonly credentialVersion?: string | undefined;
  readonly applicationArn?: string | undefined;
};

/**
 * Who receives alarms: an e-mail address, for which the deployment makes a topic, or an existing topic. Default: no
 * one.
 */
export type AlarmReceiver = { readonly email?: string | undefined; readonly topicArn?: string | undefined };

/** Who receives alarms, and what they know about the account. */
export type AlarmProps = AlarmReceiver & {
  /** Who receives the alarms for which somebody must act now. Default: who receives the others. */
  readonly page?: AlarmReceiver | undefined;
  /**
   * How many executions of functions the account may have at once in this region (Service Quotas, "Concurrent
   * executions"). The alarm rings at 80 % of them. Default: 1000.
   */
  readonly concurrentExecutions?: number | undefined;
  /**
   * A monthly limit in US dollars for the whole account. A budget tells the receiver by e-mail at 80 % of it, and when
   * the month is forecast to exceed it. Needs an e-mail address. Default: no budget.
   */
  readonly monthlyBudget?: number | undefined;
  /**
   * The address of `docs/operations.md`, so that an alarm links to its section. Default: its path in the repository.
   */
  readonly runbookUrl?: string | undefined;
};

/** An OpenTelemetry layer for Lambda, in the region of the deployment. */
export type TracingProps = {
  /** The ARN of a version of the layer, for arm64 and nodejs24.x. */
  readonly layerArn: string;
  /** The wrapper script in the layer, by which Lambda starts the function. Default: `/opt/otel-handler`. */
  readonly wrapper?: string | undefined;
  /** Variables for the layer, such as `OTEL_EXPORTER_OTLP_ENDPOINT`. Their names begin with `OTEL_`. */
  readonly variables?: Readonly<Record<string, string>> | undefined;
};

/** Events for other systems (docs/events.md). */
export type EventsProps = {
  /** The ARN of an event bus in the region of the deployment. Default: a bus that the deployment makes. */
  readonly busArn?: string | undefined;
};

/** The settings of a deployment. Each has a default that suits production. */
export type CibaProviderProps = {
  /** Default: none; the issuer is the API's own address. */
  readonly domain?: DomainProps | undefined;
  /** Default: none. Needs `domain`. */
  readonly mtlsDomain?: MtlsDomainProps | undefined;
  /** Default: none; the API faces the internet. Needs `domain`. */
  readonly shield?: ShieldProps | undefined;
  /** Earlier issuers, which are still accepted from devices and in hints. */
  readonly previousIssuers?: readonly string[] | undefined;
  /** Default: no pushes to iPhones. */
  readonly apns?: ApnsProps | undefined;
  /** Default: no pushes to Android phones. */
  readonly fcm?: FcmProps | undefined;
  /**
   * Whether SNS platform applications of this deployment are deleted once the settings no longer ask for them. Default:
   * false.
   */
  readonly removeApplications?: boolean | undefined;
  readonly alarms?: AlarmProps | undefined;
  /**
   * Tags for every resource that takes tags, besides `App`, `Stack` and, in this app, `Stage`, which they may replace.
   * Default: none.
   */
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** Traces every function with an OpenTelemetry layer (docs/operations.md, Traces). Default: no traces. */
  readonly tracing?: TracingProps | undefined;
  /** For how many days logs are kept. Default: 90. */
  readonly logRetentionDays?: number | undefined;
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
  /** For how many days the audit trail is kept. Default: 400. */
  readonly auditRetentionDays?: number | undefined;
  /**
   * Locks each object of the audit bucket for `auditRetentionDays` (S3 Object Lock), so that no lifecycle rule and no
   * changed bucket policy can delete it before. `governance`: whoever has `s3:BypassGovernanceRetention`, and can change
   * the bucket policy, still can. `compliance`: nobody can, the account's root user included. Set it before the first
   * deployment of a stage: a lock can't be taken off a bucket again. Default: no lock.
   */
  readonly auditLock?: 'governance' | 'compliance' | undefined;
  /** S3 copies each object of the audit bucket into a bucket of another account. Default: no copies. */
  readonly auditCopy?: AuditCopyProps | undefined;
  /** Default: none; point-in-time recovery alone, which ends with the account. */
  readonly backups?: BackupProps | undefined;
  /** Tells other systems by EventBridge what happened (docs/events.md). Default: no events, and no streams. */
  readonly events?: EventsProps | undefined;
  readonly limits?: RequestLimits | undefined;
  /** For how many days a new client secret works, 30 to 1095; `client_secret_days` of a client wins. Default: no end. */
  readonly clientSecretDays?: number | undefined;
  /** Lifetimes of tokens in seconds. Default: 3600 for ID tokens, 900 for access tokens. */
  readonly lifetimes?: { readonly idToken?: number | undefined; readonly accessToken?: number | undefined } | undefined;
  /**
   * Times of a signing key in seconds: until it is replaced, published before its first use, and published after its
   * last use. Default: 90 days, 2 days, 2 days.
   */
  readonly rotation?:
    | {
        readonly rotateAfter?: number | undefined;
        readonly publishBeforeUse?: number | undefined;
        readonly retireFor?: number | undefined;
      }
    | undefined;
  /** Which `acr` an approval gets, by the `amr` of the phone. Default: none. */
  readonly acrPolicy?: readonly { readonly acr: string; readonly anyOf: readonly string[] }[] | undefined;
  /** A regular expression that a whole binding message must match. Default: only the general rules apply. */
  readonly bindingMessagePattern?: string | undefined;
  /**
   * `strict`: a binding message has one script, the digits 0 to 9, no web address and no phone number, and nothing else
   * that deceives the reader. `standard`: whatever can be shown safely. Default: `standard`.
   */
  readonly bindingMessages?: 'standard' | 'strict' | undefined;
  /**
   * The IAM identities that may call the admin API: ARNs, or the sessions of a role as
   * `arn:aws:sts::ACCOUNT:assumed-role/ROLE/*`. Default: everybody whom IAM allows `execute-api:Invoke`.
   */
  readonly operators?: readonly string[] | undefined;
  /** Ports at which clients may be notified, besides 443. Default: none. */
  readonly notificationPorts?: readonly number[] | undefined;
  /**
   * What each route lets through from all callers together: `authentication` is `/bc-authorize`, `token` are the
   * routes of tokens and of their revocation, `device` the device API, `others` the admin API, discovery and the key set. Default: the `throttle` in each
   * `lambdas/<name>/function.ts`.
   */
  readonly throttles?: Partial<Readonly<Record<RouteThrottle['setting'], Throttle | undefined>>> | undefined;
  /**
   * `retain`: stored data outlives the stack, is protected from deletion and can be restored. `destroy`, for
   * development: stored data is deleted with the stack, and there is no audit store. Default: `retain`.
   */
  readonly removalPolicy?: 'retain' | 'destroy' | undefined;
  /**
   * `canary`: a new version gets a tenth of the calls for five minutes, and an alarm rolls it back. Default: `canary`.
   */
  readonly deployment?: 'canary' | 'allAtOnce' | undefined;
  /**
   * `on`: a client and a device of the deployment log in every few minutes, and as the smoke test of each deployment;
   * see docs/operations.md. `off`: neither they nor their functions exist. Default: `on`.
   */
  readonly syntheticLogin?: 'on' | 'off' | undefined;
  /** Minutes from one synthetic login to the next. Default: 15. */
  readonly syntheticLoginMinutes?: number | undefined;
  /**
   * Reserved concurrent instances of a function, which are also its limit. Default: none, because a new account has so
   * few instances that a reservation fails; see docs/operations.md.
   */
  readonly reservedConcurrency?: Partial<Readonly<Record<FunctionName, number | undefined>>> | undefined;
  /** Tables to use instead of those of the stack, after a restore or when a stack is made again. */
  readonly restored?:
    | {
        readonly directoryTable?: string | undefined;
        readonly transactionsTable?: string | undefined;
        /** The streams of these tables, for events. */
        readonly directoryStreamArn?: string | undefined;
        readonly transactionsStreamArn?: string | undefined;
      }
    | undefined;
};
