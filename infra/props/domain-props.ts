import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { IHostedZone } from 'aws-cdk-lib/aws-route53';
import type { IBucket } from 'aws-cdk-lib/aws-s3';

/** The domain name of the provider, which clients, phones and tokens use. */
export interface DomainProps {
  /** Host name, e.g. `login.example.com`. The issuer is `https://` + name + `/`; changing it is a migration. */
  readonly name: string;
  /** Certificate of ACM for the name, in the region of the deployment. */
  readonly certificate: Pick<ICertificate, 'certificateArn'>;
  /**
   * The public zone for the alias record, of the name or a parent of it. Default: none; you make the DNS record
   * yourself, and an output names its target.
   */
  readonly zone?: Pick<IHostedZone, 'hostedZoneId' | 'zoneName'> | undefined;
}

/** A second domain name, where API Gateway demands a client certificate of every caller. It authenticates no client. */
export interface MtlsDomainProps extends DomainProps {
  /** The trusted certificate authorities. */
  readonly truststore: TruststoreProps;
  /**
   * Public certificate of ACM that proves ownership, when `certificate` is imported or from a private authority.
   * Default: none.
   */
  readonly ownershipCertificate?: Pick<ICertificate, 'certificateArn'> | undefined;
}

/** Trusted certificate authorities: a PEM bundle in a versioned bucket. A new version takes a new deployment. */
export interface TruststoreProps {
  /** The bucket, in the region of the deployment. */
  readonly bucket: Pick<IBucket, 'bucketName'>;
  /** The key of the object. */
  readonly key: string;
  /** The version of the object. Default: the newest at the time of the deployment. */
  readonly version?: string | undefined;
}

/** CloudFront with AWS WAF before the API, so that strangers cannot exhaust it (docs/adr/0027). */
export interface ShieldProps {
  /** Certificate of ACM for `domain.name` in us-east-1, which CloudFront shows to callers. */
  readonly certificate: Pick<ICertificate, 'certificateArn'>;
  /**
   * `closed`: the API demands CloudFront's client certificate, so nobody gets around the shield. `open`: it does not yet;
   * for the time until the DNS name of a running deployment leads to CloudFront everywhere. Default: `closed`.
   */
  readonly origin?: 'closed' | 'open' | undefined;
  /**
   * Networks of backends of clients, such as `198.51.100.0/24`, to which the limits by address do not apply. IPv4.
   * Default: none.
   */
  readonly knownBackends?: readonly string[] | undefined;
  /** Calls that one address may make in five minutes, by what they are for. Default: 300, 3000 and 2000. */
  readonly perAddress?: ShieldLimits | undefined;
  /** Whether the rules that AWS manages only count, or block. Default: `count`. */
  readonly managedRules?: 'count' | 'block' | undefined;
}

/** Calls in five minutes from one address. */
export interface ShieldLimits {
  /** Of `/bc-authorize`. At least 10. Default: 300. */
  readonly authentication?: number | undefined;
  /** Of the routes of tokens and of their revocation. At least 10. Default: 3000. */
  readonly token?: number | undefined;
  /** Of the device API. At least 10. Default: 2000. */
  readonly device?: number | undefined;
}
