import { describe, expect, it } from 'vitest';
import { functionNames, functions } from '../../../infra/functions/deployed-functions.ts';
import type { FunctionSpec, RouteThrottle } from '../../../provider/core/operating/function-spec.ts';
import { Synthesized, settingsOf, synthesized } from '../support/synthesized.ts';

const production = synthesized('production');
const minimal = synthesized('minimal');

const wanted = functionNames.flatMap((name) =>
  functions[name].routes.map((key) => ({ key: String(key), name, authorizer: functions[name].authorizer })),
);

describe('routes', () => {
  it('are those of the table of functions, each to the alias of its function', () => {
    const there = minimal.routes().map(({ key, target }) => `${key} ${target}`);
    const expected = wanted.map(({ key, name }) => `${key} ${minimal.idOf(minimal.alias(name))}`);
    expect(there.toSorted()).toEqual(expected.toSorted());
  });

  it('let only calls signed with IAM credentials through to the admin API', () => {
    for (const { key, authorization } of minimal.routes()) {
      const admin = wanted.find((one) => one.key === key)?.authorizer === 'iam';
      expect(`${key} ${authorization}`).toBe(`${key} ${admin ? 'AWS_IAM' : 'NONE'}`);
    }
    expect(minimal.routes().filter(({ key }) => key.includes('/admin')).length).toBe(functions.admin.routes.length);
  });

  it('are called with payload version 2.0', () => {
    for (const { Properties } of minimal.all('AWS::ApiGatewayV2::Integration'))
      expect(Properties.PayloadFormatVersion).toBe('2.0');
  });

  it('can be called by this API alone', () => {
    const permissions = minimal.all('AWS::Lambda::Permission').map(({ Properties }) => Properties);
    const byApi = permissions.filter(({ Principal }) => Principal === 'apigateway.amazonaws.com');
    expect(byApi.length).toBe(6);
    for (const { SourceArn } of byApi) expect(JSON.stringify(SourceArn)).toContain(apiId());
  });
});

describe('the stage', () => {
  const stage = minimal.all('AWS::ApiGatewayV2::Stage')[0]?.Properties;

  it('is $default, so that the issuer has no path', () => {
    expect(stage.StageName).toBe('$default');
    expect(stage.AutoDeploy).toBe(true);
  });

  it('throttles each route on its own, by the data of its function', () => {
    const specs: Readonly<Record<string, FunctionSpec>> = functions;
    const expected = wanted.map(({ key, name }) => [key, specs[name]?.throttle] as const);
    const there = Object.entries<Record<string, unknown>>(stage.RouteSettings);
    expect(Object.fromEntries(there.map(([key, limits]) => [key, limitsIn(limits)]))).toEqual(
      Object.fromEntries(expected.map(([key, limits]) => [key, limitsOf(limits)])),
    );
    expect(limitsIn(stage.DefaultRouteSettings)).toEqual({ rate: 100, burst: 200 });
  });

  it('lets junk in at ten times the rate that once stopped every login, on each route of a login', () => {
    const login = ['POST /bc-authorize', 'POST /token', 'POST /oauth/token', 'GET /device/requests/{request_id}'];
    for (const route of [...login, 'POST /device/requests/{request_id}/response', 'GET /.well-known/jwks.json']) {
      expect(stage.RouteSettings[route].ThrottlingRateLimit).toBeGreaterThanOrEqual(500);
      expect(stage.RouteSettings[route].ThrottlingBurstLimit).toBeGreaterThanOrEqual(1000);
    }
  });

  it('measures the routes of a login alone, because each metric of a route is billed', () => {
    const measured = Object.entries<Record<string, unknown>>(stage.RouteSettings).filter(
      ([, settings]) => settings['DetailedMetricsEnabled'],
    );
    expect(measured.map(([route]) => route)).toEqual([
      ...['POST /bc-authorize', 'POST /token', 'POST /oauth/token'],
      'POST /device/requests/{request_id}/response',
    ]);
  });

  it('is made after its routes, whose throttles it names, and after the signing keys', () => {
    const dependencies = minimal.all('AWS::ApiGatewayV2::Stage')[0]?.DependsOn ?? [];
    const routes = minimal.all('AWS::ApiGatewayV2::Route').map((route) => minimal.idOf(route));
    expect(dependencies).toEqual(expect.arrayContaining(routes));
    expect(dependencies).toContain(minimal.idOf(minimal.single('Custom::FirstSigningKeys')));
  });

  it('logs each call as JSON, without headers, query or path', () => {
    const format = JSON.parse(stage.AccessLogSettings.Format);
    const variables = Object.values(format).filter((value) => String(value).startsWith('$'));
    expect(variables).toContain('$context.requestId');
    expect(variables).toContain('$context.routeKey');
    // HTTP APIs fill it in on routes with an IAM authorizer.
    expect(format.by).toBe('$context.identity.userArn');
    for (const variable of variables) {
      expect(variable).toMatch(/^\$context\.[A-Za-z.]+$/);
      expect(variable).not.toMatch(/header|query|userAgent|path|authorizer|claims/i);
    }
    const group = minimal.main.Resources[stage.AccessLogSettings.DestinationArn['Fn::GetAtt'][0]];
    // Elsewhere API Gateway would add it to a policy of the account that may be full.
    expect(JSON.stringify(group?.Properties.LogGroupName)).toContain('/aws/vendedlogs/ciba-main-');
    expect(group?.Properties.RetentionInDays).toBe(90);
  });

  it('tells in the access log which name was called only where there are two', () => {
    const formatOf = (of: Synthesized) =>
      JSON.parse(of.all('AWS::ApiGatewayV2::Stage')[0]?.Properties.AccessLogSettings.Format);
    expect(formatOf(minimal)).not.toHaveProperty('host');
    expect(formatOf(production)).toHaveProperty('host', '$context.domainName');
  });

  it('has an access log of the cheaper class, which nothing may subscribe to, or by a setting the other, under another name', () => {
    const groupOf = (of: Synthesized) => {
      const { Properties } = of.all('AWS::ApiGatewayV2::Stage')[0] ?? {};
      return of.main.Resources[Properties.AccessLogSettings.DestinationArn['Fn::GetAtt'][0]]?.Properties;
    };
    expect(groupOf(minimal).LogGroupClass).toBe('INFREQUENT_ACCESS');
    const readers = [...minimal.all('AWS::Logs::SubscriptionFilter'), ...minimal.all('AWS::Logs::MetricFilter')];
    for (const { Properties } of readers) expect(Properties.LogGroupName).not.toEqual(groupOf(minimal).LogGroupName);
    const standard = new Synthesized({ removalPolicy: 'destroy', accessLogClass: 'standard' });
    expect(groupOf(standard).LogGroupClass).toBe('STANDARD');
    expect(JSON.stringify(groupOf(standard).LogGroupName)).not.toContain('infrequent');
    expect(JSON.stringify(groupOf(minimal).LogGroupName)).toContain('infrequent');
  });

  it('takes other throttles from the settings', () => {
    const other = new Synthesized({ removalPolicy: 'destroy', throttles: { token: { rate: 7, burst: 9 } } });
    const settings = other.all('AWS::ApiGatewayV2::Stage')[0]?.Properties.RouteSettings;
    expect(settings['POST /oauth/token']).toMatchObject({ ThrottlingRateLimit: 7, ThrottlingBurstLimit: 9 });
    expect(settings['POST /bc-authorize'].ThrottlingRateLimit).toBe(500);
  });
});

describe('names', () => {
  it('leave the API its own address where there is no domain', () => {
    expect(minimal.all('AWS::ApiGatewayV2::Api')[0]?.Properties.DisableExecuteApiEndpoint).toBe(false);
    expect(minimal.all('AWS::ApiGatewayV2::DomainName')).toEqual([]);
  });

  it('switch the own address off where there is a domain, so that nobody gets around a client certificate', () => {
    expect(production.all('AWS::ApiGatewayV2::Api')[0]?.Properties.DisableExecuteApiEndpoint).toBe(true);
  });

  it('lead both to the same API, with TLS 1.2, and only the second asks for a client certificate (RFC 8705 §5)', () => {
    const names = production.all('AWS::ApiGatewayV2::DomainName').map(({ Properties }) => Properties);
    expect(names.map(({ DomainName }) => DomainName)).toEqual(['login.example.com', 'mtls.login.example.com']);
    for (const name of names) {
      expect(name.DomainNameConfigurations[0].SecurityPolicy).toBe('TLS_1_2');
      expect(name.DomainNameConfigurations[0].EndpointType).toBe('REGIONAL');
    }
    expect(names[0].MutualTlsAuthentication).toBeUndefined();
    expect(names[1].MutualTlsAuthentication).toEqual({
      TruststoreUri: 's3://example-truststore/clients.pem',
      TruststoreVersion: '3sL4kqtJlcpXroDTDmJ',
    });
    const mappings = production.all('AWS::ApiGatewayV2::ApiMapping').map(({ Properties }) => Properties.ApiId);
    expect(mappings).toEqual([{ Ref: apiId(production) }, { Ref: apiId(production) }]);
  });

  it('get their alias records where a zone is given, for IPv4 and IPv6, over which API and names answer', () => {
    const records = production.all('AWS::Route53::RecordSet').map(({ Properties }) => Properties);
    const names = ['login.example.com.', 'mtls.login.example.com.'];
    expect(records.map(({ Name, Type }) => `${Type} ${Name}`).toSorted()).toEqual(
      ['A', 'AAAA'].flatMap((type) => names.map((name) => `${type} ${name}`)),
    );
    const targets = records.map(({ AliasTarget }) => JSON.stringify(AliasTarget));
    expect(new Set(targets).size).toBe(2);
    expect(production.single('AWS::ApiGatewayV2::Api').Properties.IpAddressType).toBe('dualstack');
    for (const { Properties } of production.all('AWS::ApiGatewayV2::DomainName'))
      expect(Properties.DomainNameConfigurations[0].IpAddressType).toBe('dualstack');
  });

  it('are told in the outputs', () => {
    expect(production.main.Outputs?.['Issuer']?.Value).toBe('https://login.example.com/');
    expect(Object.keys(production.main.Outputs ?? {})).toEqual(
      expect.arrayContaining([
        'SigningKeysFunction',
        'DirectoryTable',
        'AuditBucket',
        'PlatformApplicationFunction',
        'PushApplications',
        'Certificates',
      ]),
    );
    expect(settingsOf.production().stage).toBe('production');
  });
});

function limitsIn({ ThrottlingRateLimit, ThrottlingBurstLimit }: Record<string, unknown>) {
  return { rate: ThrottlingRateLimit, burst: ThrottlingBurstLimit };
}

function limitsOf(throttle: RouteThrottle | undefined) {
  return throttle && { rate: throttle.rate, burst: throttle.burst };
}

function apiId(of: Synthesized = minimal): string {
  const [api] = of.all('AWS::ApiGatewayV2::Api');
  return api ? of.idOf(api) : '';
}
