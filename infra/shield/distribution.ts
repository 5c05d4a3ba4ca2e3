import {
  CachePolicy,
  CfnDistribution,
  OriginRequestCookieBehavior,
  OriginRequestHeaderBehavior,
  OriginRequestPolicy,
  OriginRequestQueryStringBehavior,
  ResponseHeadersPolicy,
} from 'aws-cdk-lib/aws-cloudfront';
import type { IAliasRecordTarget } from 'aws-cdk-lib/aws-route53';
import { CloudFrontTarget } from 'aws-cdk-lib/aws-route53-targets';
import { Construct } from 'constructs';
import { deploymentNameOf } from '../deployment-name.ts';
import { acknowledge } from '../nag.ts';
import type { ShieldSettings } from '../settings/provider-settings.ts';

/**
 * Errors that CloudFront keeps for ten seconds by default, whatever the cache policy and `no-store` say. One phone's 503
 * would be the answer for all: they call the same path.
 */
const KEPT_ERRORS = [400, 403, 404, 405, 414, 500, 501, 502, 503, 504];
/** All methods: CloudFront knows only this list of seven, or lists without POST. */
const METHODS = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'];
const ORIGIN = 'api';

type ShieldDistributionProps = {
  readonly shield: ShieldSettings;
  /** The name that callers call. */
  readonly host: string;
  /** Where API Gateway answers for that name. */
  readonly originHost: string;
  readonly webAclArn: string;
  readonly originCertificateArn: string;
};

/**
 * CloudFront before the API. It caches nothing and hands on what callers send, `Host` and `Authorization` included: the
 * signatures of the admin API (SigV4) and of phones cover them. To the API it connects by the same name, and proves
 * itself with its client certificate.
 */
export class ShieldDistribution extends Construct {
  readonly domainName: string;

  constructor(scope: Construct, id: string, props: ShieldDistributionProps) {
    super(scope, id);
    const distribution = new CfnDistribution(this, 'Distribution', { distributionConfig: this.#config(props) });
    this.domainName = distribution.attrDomainName;
    acknowledge(distribution, {
      'AwsSolutions-CFR1': 'Clients and phones may be anywhere. Whoever serves one country adds a rule of their own.',
      'AwsSolutions-CFR3':
        'The functions log every call with its address, and AWS WAF every call that a rule matched. A third log would cost more.',
    });
  }

  /** The target for an alias record. All distributions have the same hosted zone. */
  get aliasTarget(): IAliasRecordTarget {
    const { domainName } = this;
    return { bind: () => ({ dnsName: domainName, hostedZoneId: CloudFrontTarget.getHostedZoneId(this) }) };
  }

  #config(props: ShieldDistributionProps): CfnDistribution.DistributionConfigProperty {
    return {
      enabled: true,
      comment: `${deploymentNameOf(this)}: ${props.host}`,
      aliases: [props.host],
      httpVersion: 'http2',
      // Of IPv6 a caller has as many addresses as it likes, each with a limit of its own.
      ipv6Enabled: false,
      webAclId: props.webAclArn,
      viewerCertificate: {
        acmCertificateArn: props.shield.certificateArn,
        sslSupportMethod: 'sni-only',
        minimumProtocolVersion: 'TLSv1.2_2021',
      },
      origins: [this.#origin(props)],
      customErrorResponses: KEPT_ERRORS.map((errorCode) => ({ errorCode, errorCachingMinTtl: 0 })),
      defaultCacheBehavior: {
        targetOriginId: ORIGIN,
        // A redirect from http would have the credential sent in the clear first.
        viewerProtocolPolicy: 'https-only',
        allowedMethods: METHODS,
        compress: false,
        cachePolicyId: CachePolicy.CACHING_DISABLED.cachePolicyId,
        originRequestPolicyId: this.#requestPolicy().originRequestPolicyId,
        // The functions send these headers themselves. The answers of API Gateway and of AWS WAF get them here.
        responseHeadersPolicyId: ResponseHeadersPolicy.SECURITY_HEADERS.responseHeadersPolicyId,
      },
    };
  }

  #origin({ originHost, originCertificateArn }: ShieldDistributionProps): CfnDistribution.OriginProperty {
    return {
      id: ORIGIN,
      domainName: originHost,
      connectionAttempts: 3,
      // One try: a second one of a call that changes something would meet its own change.
      customOriginConfig: {
        originProtocolPolicy: 'https-only',
        originSslProtocols: ['TLSv1.2'],
        originReadTimeout: 30,
        originMtlsConfig: { clientCertificateArn: originCertificateArn },
      },
    };
  }

  /** Everything that the caller sent, and the caller's address, which CloudFront alone writes. */
  #requestPolicy(): OriginRequestPolicy {
    return new OriginRequestPolicy(this, 'Requests', {
      originRequestPolicyName: `${deploymentNameOf(this)}-everything-and-address`,
      headerBehavior: OriginRequestHeaderBehavior.all('CloudFront-Viewer-Address'),
      queryStringBehavior: OriginRequestQueryStringBehavior.all(),
      cookieBehavior: OriginRequestCookieBehavior.all(),
    });
  }
}
