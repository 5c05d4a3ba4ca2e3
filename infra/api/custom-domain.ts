import { CfnOutput, CfnResource } from 'aws-cdk-lib';
import { ApiMapping, DomainName, type HttpApi, type HttpStage, SecurityPolicy } from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { AaaaRecord, ARecord, HostedZone, type IHostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { ApiGatewayv2DomainProperties } from 'aws-cdk-lib/aws-route53-targets';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { Deployment } from '../deployment.ts';
import { addCertificateAlarm } from '../observability/alarms/certificates.ts';
import { addOutputs, joinArns } from '../outputs.ts';
import type { DomainSettings, MtlsDomainSettings, ZoneSettings } from '../settings/provider-settings.ts';
import type { Shield } from '../shield/shield.ts';

type CustomDomainProps = {
  /** What is before the name. Without it, callers reach the API itself. */
  readonly shield?: Shield | undefined;
  readonly api: HttpApi;
  readonly stage: HttpStage;
  readonly domain: DomainSettings & Partial<Pick<MtlsDomainSettings, 'truststore' | 'ownershipCertificateArn'>>;
};

type DomainsProps = Pick<CustomDomainProps, 'api' | 'stage' | 'shield'> & Pick<Deployment, 'settings' | 'alarms'>;

/**
 * Adds the domain names in the settings, each with an alarm on its certificate. Without any name the API keeps its own
 * address.
 */
export function addDomains(
  scope: Construct,
  { api, stage, shield, settings, alarms }: DomainsProps,
): readonly CustomDomain[] {
  const { domain, mtlsDomain } = settings;
  if (domain) addCertificateAlarm(alarms, 'domain', domain);
  if (mtlsDomain) addCertificateAlarm(alarms, 'mtls-domain', mtlsDomain);
  const certified = [domain, mtlsDomain, settings.shield];
  addOutputs(scope, { Certificates: joinArns(certified.flatMap((one) => one?.certificateArn ?? [])) });
  return [
    ...(domain ? [new CustomDomain(scope, 'Domain', { api, stage, domain, shield })] : []),
    ...(mtlsDomain ? [new CustomDomain(scope, 'MtlsDomain', { api, stage, domain: mtlsDomain })] : []),
  ];
}

/** A domain name for the API. With a truststore, the name demands a client certificate. */
class CustomDomain extends Construct {
  constructor(scope: Construct, id: string, { api, stage, domain, shield }: CustomDomainProps) {
    super(scope, id);
    const { truststore, ownershipCertificateArn, zone } = domain;
    const mtls = shield?.mutualTls ?? this.#mutualTls(truststore);
    const name = new DomainName(this, 'Name', {
      domainName: domain.name,
      certificate: Certificate.fromCertificateArn(this, 'Certificate', domain.certificateArn),
      securityPolicy: SecurityPolicy.TLS_1_2,
      ...(ownershipCertificateArn && {
        ownershipCertificate: Certificate.fromCertificateArn(this, 'Ownership', ownershipCertificateArn),
      }),
      ...(mtls && { mtls }),
    });
    new ApiMapping(this, 'Mapping', { api, domainName: name, stage });
    const distribution = shield?.cover(name);
    if (!distribution) admitIpv6(name);
    if (zone) {
      const record = {
        zone: this.#zone(zone),
        recordName: `${domain.name}.`,
        target: RecordTarget.fromAlias(
          distribution?.aliasTarget ??
            new ApiGatewayv2DomainProperties(name.regionalDomainName, name.regionalHostedZoneId),
        ),
      };
      new ARecord(this, 'Alias', record);
      // CloudFront has IPv4 alone here: see infra/shield/distribution.ts.
      if (!distribution) new AaaaRecord(this, 'Alias6', record);
    }
    new CfnOutput(this, 'Target', {
      description: `Target for the DNS record of ${domain.name}`,
      value: distribution?.domainName ?? name.regionalDomainName,
    });
  }

  #zone({ id, name }: ZoneSettings): IHostedZone {
    return HostedZone.fromHostedZoneAttributes(this, 'Zone', { hostedZoneId: id, zoneName: name });
  }

  #mutualTls(truststore: MtlsDomainSettings['truststore'] | undefined) {
    if (!truststore) return undefined;
    const { bucket, key, version } = truststore;
    return { bucket: Bucket.fromBucketName(this, 'Truststore', bucket), key, ...(version && { version }) };
  }
}

/** Has a name answer over IPv6 too. CDK's construct has no option for it. */
function admitIpv6({ node }: DomainName): void {
  const { defaultChild } = node;
  if (!CfnResource.isCfnResource(defaultChild)) throw new Error(`${node.path} has no resource`);
  defaultChild.addPropertyOverride('DomainNameConfigurations.0.IpAddressType', 'dualstack');
}
