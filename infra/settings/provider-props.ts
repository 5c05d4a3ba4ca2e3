import type { FunctionName } from '../functions/deployed-functions.ts';

/** Minutes from one synthetic login to the next where the settings say nothing. */
export const SYNTHETIC_LOGIN_MINUTES = 15;

/** A name in a public Route 53 hosted zone of the account. */
export type ZoneProps = { readonly id: string; readonly name: string };

/** The name that clients, phones and tokens know the provider by. */
export type DomainProps = {
  /** Host name, e.g. `login.example.com`. The issuer is `https://` + name + `/`; changing it is a migration. */
  readonly name: string;
  /** ACM certificate for the name, in the region of the deployment. */
  readonly certificateArn: string;
  /** Where the alias record is put. Without it the DNS record is yours to make; the outputs say where it points. */
  readonly zone?: ZoneProps | undefined;
};

/** A second name, which demands a client certificate from everybody (RFC 8705 section 5). */
export type MtlsDomainProps = DomainProps & {
  /** The certificate authorities that are trusted: a PEM bundle in a versioned bucket. A new version is a new deployment. */
  readonly truststore: { readonly bucket: string; readonly key: string; readonly version?: string | undefined };
  /** Public ACM certificate that proves ownership, when `certificateArn` is imported or from a private authority. */
  readonly ownershipCertificateArn?: string | undefined;
};

/** Pushes to iPhones: a credential that the deployment makes the applications with, or applications that exist. */
export type ApnsProps = {
  /** Secret with `{"teamId", "keyId", "privateKey"}`; `privateKey` is the text of the `.p8` file. */
  readonly secretArn?: string | undefined;
  /** Any text; changing it makes the deployment read the secret again. */
  readonly credentialVersion?: string | undefined;
  /** Also for phones that run a development build. */
  readonly sandbox?: boolean | undefined;
  readonly applicationArn?: string | undefined;
  readonly sandboxApplicationArn?: string | undefined;
  /** The app's bundle id. */
  readonly bundleId: string;
};

/** Pushes to Android phones: a credential that the deployment makes the application with, or one that exists. */
export type FcmProps = {
  /** Secret with the JSON file of the Firebase service account. */
  readonly secretArn?: string | undefined;
  /** Any text; changing it makes the deployment read the secret again. */
  readonly credentialVersion?: string | undefined;
  readonly applicationArn?: string | undefined;
};

/** Who is told of alarms: an address for a topic of our own, or a topic that exists. Default: nobody. */
export type AlarmProps = {
  readonly email?: string | undefined;
  readonly topicArn?: string | undefined;
  /** Where `docs/operations.md` can be read, so that an alarm's mail links to its section. Default: the path in the repository. */
  readonly runbookUrl?: string | undefined;
};

/** Requests a second over all clients together, and how many may come at once. */
export type Throttle = { readonly rate: number; readonly burst: number };

/** Seconds, as `provider/adapters/settings.ts` reads them from `REQUEST_LIMITS`. */
export type RequestLimits = {
  readonly defaultExpiry?: number | undefined;
  readonly expiryLimit?: number | undefined;
  readonly interval?: number | undefined;
  readonly perUser?: { readonly perMinute: number; readonly perHour: number } | undefined;
};

/** What a deployment may be told. Everything has a default that is right for production. */
export type CibaProviderProps = {
  /** Default: none; the issuer is the API's own address. */
  readonly domain?: DomainProps | undefined;
  /** Default: none. Needs `domain`. */
  readonly mtlsDomain?: MtlsDomainProps | undefined;
  /** Issuers of before, still accepted from devices and in hints. */
  readonly previousIssuers?: readonly string[] | undefined;
  /** Default: no pushes to iPhones. */
  readonly apns?: ApnsProps | undefined;
  /** Default: no pushes to Android phones. */
  readonly fcm?: FcmProps | undefined;
  /** Deletes the SNS platform applications that the deployment made when they leave the settings. Default: false. */
  readonly removeApplications?: boolean | undefined;
  readonly alarms?: AlarmProps | undefined;
  /** Days that logs are kept. Default: 90. */
  readonly logRetentionDays?: number | undefined;
  /** Days that the audit trail is kept. Default: 400. */
  readonly auditRetentionDays?: number | undefined;
  readonly limits?: RequestLimits | undefined;
  /** Seconds that tokens live. Default: an hour. */
  readonly lifetimes?: { readonly idToken?: number | undefined; readonly accessToken?: number | undefined } | undefined;
  /** Seconds between, before and after the use of a signing key. Default: 90 days, 2 days, 2 days. */
  readonly rotation?:
    | {
        readonly rotateAfter?: number | undefined;
        readonly publishBeforeUse?: number | undefined;
        readonly retireFor?: number | undefined;
      }
    | undefined;
  /** Which `acr` an approval earns, by the `amr` of the phone. Default: none. */
  readonly acrPolicy?: readonly { readonly acr: string; readonly anyOf: readonly string[] }[] | undefined;
  /** A regular expression that binding messages must match as a whole. Default: the general rules alone. */
  readonly bindingMessagePattern?: string | undefined;
  readonly throttles?:
    | {
        /** Default: 50 a second, 100 at once. */
        readonly authentication?: Throttle | undefined;
        /** Default: 500 a second, 1000 at once: a login polls several times. */
        readonly token?: Throttle | undefined;
        /** Each other route. Default: 100 a second, 200 at once. */
        readonly others?: Throttle | undefined;
      }
    | undefined;
  /**
   * `retain`: what is stored outlives the stack, is protected from deletion and can be restored. `destroy`: for
   * development; all goes with the stack and there is no audit store. Default: `retain`.
   */
  readonly removalPolicy?: 'retain' | 'destroy' | undefined;
  /** `canary`: a new version gets a tenth of the calls for five minutes and is rolled back by alarm. Default: `canary`. */
  readonly deployment?: 'canary' | 'allAtOnce' | undefined;
  /**
   * `on`: a client and a device of the deployment's own log in every few minutes, and as the smoke test of each
   * deployment; see docs/operations.md. `off`: neither they nor the functions exist. Default: `on`.
   */
  readonly syntheticLogin?: 'on' | 'off' | undefined;
  /** Minutes from one synthetic login to the next. Default: 15. */
  readonly syntheticLoginMinutes?: number | undefined;
  /**
   * Instances set aside for a function, which are also its limit. Default: none, because a young account has so few
   * that a reservation fails; see docs/operations.md.
   */
  readonly reservedConcurrency?: Partial<Readonly<Record<FunctionName, number | undefined>>> | undefined;
  /** Tables to use instead of those that the stack made: after a restore, or when a stack is built again. */
  readonly restored?:
    | { readonly directoryTable?: string | undefined; readonly transactionsTable?: string | undefined }
    | undefined;
};
