import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { CibaProvider } from '../../../infra/ciba-provider.ts';
import { functionNames, functions } from '../../../infra/functions/deployed-functions.ts';
import { propsOf } from '../../../infra/settings/props-of-settings.ts';
import { root } from '../../support/code-blocks.ts';
import { Synthesized, settingsOf, synthesized, type Value } from '../support/synthesized.ts';

const production = synthesized('production');
const shielded = synthesized('shielded');
const open = () => new Synthesized({ ...settingsOf.shielded(), shield: { ...shieldOf(), origin: 'open' } });
const distribution = shielded.single('AWS::CloudFront::Distribution').Properties.DistributionConfig;

function shieldOf() {
  const { shield } = settingsOf.shielded();
  if (!shield) throw new Error('docs/deploy.md shows no shield');
  return shield;
}

/** The name of the provider at API Gateway. */
function nameIn(of: Synthesized): Value {
  return of
    .all('AWS::ApiGatewayV2::DomainName')
    .find(({ Properties }) => Properties.DomainName === 'login.example.com');
}

describe('without the shield', () => {
  it('nothing of it is in the stack, and no stack is beside it', () => {
    const types = Object.values(production.main.Resources).map(({ Type }) => Type);
    expect(types.filter((type) => /CloudFront|WAF|OriginCertificate/.test(type))).toEqual([]);
    expect(production.shield.Resources).toEqual({});
    expect(production.text).not.toContain('SHIELDED_NAME');
  });
});

describe('the origin', () => {
  it('demands a certificate of the truststore that the function writes, without naming a version', () => {
    expect(nameIn(shielded).Properties.MutualTlsAuthentication).toEqual({
      TruststoreUri: { 'Fn::Join': ['', ['s3://', { Ref: truststoreId() }, '/truststore.pem']] },
    });
  });

  it('has no other way in: its own address is switched off', () => {
    expect(shielded.single('AWS::ApiGatewayV2::Api').Properties.DisableExecuteApiEndpoint).toBe(true);
    const names = shielded.all('AWS::ApiGatewayV2::DomainName').map(({ Properties }) => Properties);
    expect(names.every(({ MutualTlsAuthentication }) => MutualTlsAuthentication !== undefined)).toBe(true);
  });

  it('is made after the first certificate, so that the API can read whom to trust', () => {
    const first = shielded.idOf(shielded.single('Custom::OriginCertificate'));
    expect(nameIn(shielded).DependsOn).toContain(first);
  });

  it('demands nothing while it is open, and no function believes the header about the caller then', () => {
    const moving = open();
    expect(nameIn(moving).Properties.MutualTlsAuthentication).toBeUndefined();
    expect(moving.text).not.toContain('SHIELDED_NAME');
    expect(moving.all('AWS::CloudFront::Distribution')).toHaveLength(1);
  });

  it('is behind one name, at which each function with routes believes the header about the caller', () => {
    for (const name of functionNames.filter((one) => functions[one].routes.length > 0)) {
      const { Variables } = shielded.function(name).Properties.Environment;
      expect(Variables.SHIELDED_NAME).toBe('login.example.com');
    }
  });
});

describe('CloudFront', () => {
  it('proves itself to the API with the certificate that the deployment made, over TLS 1.2', () => {
    expect(distribution.Origins).toHaveLength(1);
    expect(distribution.Origins[0]).toMatchObject({
      DomainName: { 'Fn::GetAtt': [shielded.idOf(nameIn(shielded)), 'RegionalDomainName'] },
      CustomOriginConfig: {
        OriginProtocolPolicy: 'https-only',
        OriginSSLProtocols: ['TLSv1.2'],
        OriginMtlsConfig: {
          ClientCertificateArn: { Ref: shielded.idOf(shielded.single('Custom::OriginCertificate')) },
        },
      },
    });
  });

  it('is called by the name of the provider over TLS alone, and only by IPv4, so that an address has one limit', () => {
    expect(distribution.Aliases).toEqual(['login.example.com']);
    expect(distribution.DefaultCacheBehavior.ViewerProtocolPolicy).toBe('https-only');
    expect(distribution.ViewerCertificate).toMatchObject({
      AcmCertificateArn: shieldOf().certificateArn,
      MinimumProtocolVersion: 'TLSv1.2_2021',
    });
    expect(distribution.IPV6Enabled).toBe(false);
    const records = shielded.all('AWS::Route53::RecordSet').map(({ Properties }) => Properties);
    expect(records.filter(({ Name }) => Name === 'login.example.com.').map(({ Type }) => Type)).toEqual(['A']);
    expect(nameIn(shielded).Properties.DomainNameConfigurations[0].IpAddressType).toBeUndefined();
  });

  it('hands on every header that was signed, Host and Authorization too, with query and body, and caches nothing', () => {
    const { CachePolicyId, OriginRequestPolicyId, AllowedMethods, LambdaFunctionAssociations, FunctionAssociations } =
      distribution.DefaultCacheBehavior;
    // AWS's own policy "CachingDisabled". A cache policy that caches would take Authorization away.
    expect(CachePolicyId).toBe('4135ea2d-6df8-44a3-9df3-4b5a84be39ad');
    const policy = shielded.single('AWS::CloudFront::OriginRequestPolicy');
    expect(OriginRequestPolicyId).toEqual({ Ref: shielded.idOf(policy) });
    expect(policy.Properties.OriginRequestPolicyConfig).toMatchObject({
      HeadersConfig: { HeaderBehavior: 'allViewerAndWhitelistCloudFront', Headers: ['CloudFront-Viewer-Address'] },
      QueryStringsConfig: { QueryStringBehavior: 'all' },
      CookiesConfig: { CookieBehavior: 'all' },
    });
    const used = functionNames.flatMap((name) => functions[name].routes.map((route) => route.split(' ')[0]));
    expect(AllowedMethods).toEqual(expect.arrayContaining([...new Set(used)]));
    expect([LambdaFunctionAssociations, FunctionAssociations]).toEqual([undefined, undefined]);
    expect(distribution.CacheBehaviors).toBeUndefined();
  });

  it('keeps no error, which it would for ten seconds: one phone’s 503 would be the answer for all', () => {
    const kept = distribution.CustomErrorResponses.map(({ ErrorCode }: Value) => ErrorCode);
    // CloudFront keeps these by default; 416 never.
    expect(kept).toEqual([400, 403, 404, 405, 414, 500, 501, 502, 503, 504]);
    for (const one of distribution.CustomErrorResponses)
      expect(one).toEqual({ ErrorCode: one.ErrorCode, ErrorCachingMinTTL: 0 });
  });

  it('adds the headers of ASVS 5 V3.4 to answers that no function gave, such as the 404 of API Gateway', () => {
    // AWS's own policy "SecurityHeadersPolicy".
    const { ResponseHeadersPolicyId } = distribution.DefaultCacheBehavior;
    expect(ResponseHeadersPolicyId).toBe('67f7725c-6f97-4210-82d7-5512b31e9d03');
  });

  it('is what the DNS name leads to, and what the output says', () => {
    const record = shielded
      .all('AWS::Route53::RecordSet')
      .find(({ Properties }) => Properties.Name === 'login.example.com.');
    const itsName = {
      'Fn::GetAtt': [shielded.idOf(shielded.single('AWS::CloudFront::Distribution')), 'DomainName'],
    };
    expect(record?.Properties.AliasTarget.DNSName).toEqual(itsName);
    const [target] = Object.entries(shielded.main.Outputs ?? {}).filter(([name]) =>
      name.includes('ProviderDomainTarget'),
    );
    expect(target?.[1].Value).toEqual(itsName);
  });

  it('has the web ACL of the stack in us-east-1, which is deployed before', () => {
    expect(distribution.WebACLId).toEqual({
      'Fn::GetStackOutput': { StackName: 'ciba-production-shield', OutputName: 'WebAcl', Region: 'us-east-1' },
    });
    const [acl] = Object.entries(shielded.shield.Resources).filter(([, { Type }]) => Type === 'AWS::WAFv2::WebACL');
    expect(shielded.shield.Outputs?.['WebAcl']?.Value).toEqual({ 'Fn::GetAtt': [acl?.[0], 'Arn'] });
  });
});

it('the certificate that callers see is among those that ciba doctor looks at', () => {
  const certificates = String(shielded.main.Outputs?.['Certificates']?.Value).split(' ');
  expect(certificates).toContain(shieldOf().certificateArn);
  expect(certificates).toHaveLength(3);
});

describe('the truststore', () => {
  it('is versioned, private, and written by the function of the certificate alone', () => {
    const { VersioningConfiguration, PublicAccessBlockConfiguration } =
      shielded.main.Resources[truststoreId()]?.Properties ?? {};
    expect(VersioningConfiguration).toEqual({ Status: 'Enabled' });
    expect(Object.values(PublicAccessBlockConfiguration)).toEqual([true, true, true, true]);
    const policy = shielded
      .all('AWS::S3::BucketPolicy')
      .find(({ Properties }) => Properties.Bucket.Ref === truststoreId());
    const denials = policy?.Properties.PolicyDocument.Statement;
    const role = shielded.function('origin-certificate').Properties.Role['Fn::GetAtt'][0];
    expect(denials).toContainEqual(
      expect.objectContaining({
        Effect: 'Deny',
        Action: 's3:PutObject',
        Principal: { AWS: '*' },
        Condition: { ArnNotEquals: { 'aws:PrincipalArn': { 'Fn::GetAtt': [role, 'Arn'] } } },
      }),
    );
  });
});

describe('the certificate of CloudFront', () => {
  it('is looked after twice a day, and rings 30 days before its end, and when a run failed or none came', () => {
    const rule = shielded
      .all('AWS::Events::Rule')
      .find(({ Properties }) => JSON.stringify(Properties.Targets).includes('origincertificate'));
    expect(rule?.Properties.ScheduleExpression).toBe('rate(12 hours)');
    const alarm = (id: string) =>
      shielded.all('AWS::CloudWatch::Alarm').find(({ Properties }) => Properties.AlarmName === `ciba-production-${id}`)
        ?.Properties;
    expect(alarm('origin-certificate')).toMatchObject({
      Threshold: 30,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    });
    expect(JSON.stringify(alarm('origin-certificate'))).toMatch(/"MetricName":"CertificateDays".*"Minimum"/);
    expect(alarm('origin-certificate-failed')).toMatchObject({ MetricName: 'Errors', Threshold: 1 });
  });

  it('has two alarms more than production without it, as docs/operations.md counts them', () => {
    const count = (of: Synthesized) => of.all('AWS::CloudWatch::Alarm').length;
    expect(count(shielded) - count(production)).toBe(2);
    expect(readFileSync(join(root, 'docs/operations.md'), 'utf8')).toContain('two alarms more, on two metrics');
  });

  it('has no private key in a template', () => {
    expect(shielded.text).not.toMatch(/PRIVATE KEY|BEGIN CERTIFICATE/);
  });
});

describe('a stack without a place', () => {
  it('can have no shield, and says so', () => {
    const stack = new Stack(new App(), 'nowhere');
    expect(() => new CibaProvider(stack, 'Provider', propsOf({ domain: domainOf(), shield: shieldOf() }))).toThrow(
      'give the stack an account and a region',
    );
  });
});

function domainOf() {
  const { domain } = settingsOf.shielded();
  if (!domain) throw new Error('production has no domain');
  return domain;
}

function truststoreId(): string {
  const role = shielded.function('origin-certificate').Properties;
  return role.Environment.Variables.TRUSTSTORE_BUCKET.Ref;
}
