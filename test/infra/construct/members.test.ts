import { Duration, Stack } from 'aws-cdk-lib';
import { AccountPrincipal, Role, ServicePrincipal, User } from 'aws-cdk-lib/aws-iam';
import { describe, expect, it } from 'vitest';
import { functions } from '../../../infra/functions/deployed-functions.ts';
import { metrics } from '../../../provider/core/operating/metrics.ts';
import { all, consumer, provider, templateOf, type Written } from './consumer.ts';

const env = { account: '111122223333', region: 'eu-west-1' };

/** The statements that a template gives to roles, with `execute-api:Invoke`. */
function invocations(template: Written) {
  return all(template, 'AWS::IAM::Policy').flatMap(({ Properties }) =>
    (Properties['PolicyDocument'] as { Statement: { Action: string; Resource: unknown }[] }).Statement.filter(
      ({ Action }) => Action === 'execute-api:Invoke',
    ),
  );
}

/** The variables of the function admin. */
function adminVariables(template: Written): Record<string, unknown> {
  const [admin] = all(template, 'AWS::Lambda::Function').filter(
    ({ Properties }) => Properties['Description'] === functions.admin.description,
  );
  const environment = admin?.Properties['Environment'] as { Variables: Record<string, unknown> } | undefined;
  return environment?.Variables ?? {};
}

describe('grantAdmin', () => {
  it('lets a role invoke the routes of the admin API, and nothing else', () => {
    const { stack } = consumer({ env });
    const role = new Role(stack, 'Backend', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
    const made = provider(stack);
    made.grantAdmin(role);
    const [statement, ...others] = invocations(templateOf(stack));
    expect(others).toEqual([]);
    const text = JSON.stringify(statement?.Resource);
    for (const method of ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'])
      expect(text).toContain(`/$default/${method}/admin/*`);
    expect(text.match(/execute-api/g)).toHaveLength(5);
    for (const route of functions.admin.routes) expect(route).toMatch(/^(GET|POST|PATCH|PUT|DELETE) \/admin\//);
    expect(adminVariables(templateOf(stack))).not.toHaveProperty('OPERATORS');
  });

  it('lets a role invoke single routes alone, which must exist', () => {
    const { stack } = consumer({ env });
    const role = new Role(stack, 'Backend', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
    const made = provider(stack);
    made.grantAdmin(role, ['POST /admin/users/{sub}/tickets']);
    const [statement] = invocations(templateOf(stack));
    const text = JSON.stringify(statement?.Resource);
    expect(text).toContain('/$default/POST/admin/users/*/tickets"');
    expect(text.match(/execute-api/g)).toHaveLength(1);
    const mistyped = ['POST /admin/tickets'] as unknown as ['POST /admin/users/{sub}/tickets'];
    expect(() => made.grantAdmin(role, mistyped)).toThrow('the admin API has no route POST /admin/tickets');
  });

  it('grants no route that brings along others which nobody named: a wildcard of IAM stands for slashes as well', () => {
    const { stack } = consumer({ env });
    const role = new Role(stack, 'Backend', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
    const made = provider(stack);
    const below = functions.admin.routes.filter((route) => route.startsWith('GET /admin/users/{sub}/'));
    expect(below).toContain('GET /admin/users/{sub}/export');
    expect(() => made.grantAdmin(role, ['GET /admin/users/{sub}'])).toThrow(
      `IAM grants GET /admin/users/{sub} only together with ${below.join(', ')}: name them in grantAdmin, too`,
    );
    made.grantAdmin(role, ['GET /admin/users/{sub}', ...below]);
    expect(JSON.stringify(invocations(templateOf(stack)))).toContain('/$default/GET/admin/users/*"');
  });

  it('grants each other route alone', () => {
    const { stack } = consumer({ env });
    const made = provider(stack);
    const single = functions.admin.routes.filter((route) => !/^(GET|DELETE) \/admin\/users\/\{sub\}$/.test(route));
    for (const [at, route] of single.entries())
      made.grantAdmin(new Role(stack, `Role${at}`, { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') }), [
        route,
      ]);
    const allowed = invocations(templateOf(stack)).map(({ Resource }) => {
      const path = /\/\$default\/([^"]+)"/.exec(JSON.stringify(Resource))?.[1] ?? '';
      const allows = new RegExp(`^${path.replaceAll('*', '.*')}$`);
      return functions.admin.routes.filter((route) => allows.test(route.replace(' ', '')));
    });
    expect(allowed.toSorted()).toEqual(single.map((route) => [route]).toSorted());
  });

  it('adds a role and a user to the operators, where the provider has a list of them', () => {
    const { stack } = consumer({ env });
    const role = Role.fromRoleName(stack, 'Backend', 'Backend');
    const user = User.fromUserArn(stack, 'Ana', 'arn:aws:iam::111122223333:user/ana');
    const made = provider(stack, 'Ciba', { operators: ['arn:aws:sts::111122223333:assumed-role/Operators/*'] });
    made.grantAdmin(role);
    made.grantAdmin(user);
    const operators = JSON.stringify(adminVariables(templateOf(stack))['OPERATORS']);
    expect(operators).toContain('assumed-role/Operators/*');
    expect(operators).toContain(':sts::111122223333:assumed-role/Backend/*');
    expect(operators).toContain('arn:aws:iam::111122223333:user/ana');
  });

  it('refuses whom it cannot give a policy', () => {
    const { stack } = consumer({ env });
    expect(() => provider(stack).grantAdmin(new AccountPrincipal('444455556666'))).toThrow('Permissions');
  });
});

describe('metrics', () => {
  const { stack } = consumer();
  const made = provider(stack);
  const names = Object.keys(metrics) as (keyof typeof metrics)[];

  it.each(names.filter((name) => !('dimensions' in metrics[name])))(
    'has %s, as the functions count it',
    (metricName) => {
      const found = made.metric(metricName);
      expect(found).toMatchObject({ namespace: 'Ciba/logins-Ciba', metricName, statistic: 'Sum' });
      expect(found.period.toSeconds()).toBe(300);
      expect(found.dimensions).toBeUndefined();
    },
  );

  it('need the dimensions that the lines have, and take no others: such a metric would have no data', () => {
    const service = { service: 'token' };
    expect(made.metric('Faults', { dimensionsMap: service }).dimensions).toEqual(service);
    expect(() => made.metric('Faults')).toThrow('the metric Faults has the dimensions service');
    expect(() => made.metric('Logins', { dimensionsMap: service })).toThrow('the metric Logins has no dimensions');
  });

  it('that no function counts are refused, in an app in JavaScript too', () => {
    const mistyped = 'Login' as unknown as 'Logins';
    expect(() => made.metric(mistyped)).toThrow('no function counts Login');
  });

  it('have names of their own for logins, requests, approvals, denials and the time until approval', () => {
    const named = [made.metricLogins(), made.metricRequests(), made.metricApprovals(), made.metricDenials()];
    expect(named.map(({ metricName }) => metricName)).toEqual(['Logins', 'RequestsStarted', 'Approvals', 'Denials']);
    expect(made.metricApprovalTime()).toMatchObject({ metricName: 'ApprovalSeconds', statistic: 'p50' });
    const slowest = made.metricApprovalTime({ statistic: 'p99', period: Duration.hours(1) });
    expect(slowest).toMatchObject({ statistic: 'p99' });
    expect(slowest.period.toHours()).toBe(1);
  });

  it('of the namespace that the functions write to', () => {
    expect(adminVariables(templateOf(stack))['METRICS_NAMESPACE']).toBe(made.metricLogins().namespace);
  });
});

describe('the members of a provider', () => {
  const { stack } = consumer();
  const made = provider(stack, 'Ciba', { alarms: { email: 'on-call@example.com' }, events: {} });

  it('are its API, its tables, its key, its alarms, their topics, and its dashboards', () => {
    expect(made.stage.api).toBe(made.api);
    expect(made.issuer).toMatch(/^https:\/\/.*\/$/);
    expect(Stack.of(made.directoryTable)).toBe(Stack.of(made.signingKmsKey));
    expect(made.transactionsTable.tableName).not.toBe(made.directoryTable.tableName);
    expect(made.alarms.length).toBe(
      ['AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm'].flatMap((type) => [...all(templateOf(stack), type)])
        .length,
    );
    expect(made.alarmTopics.page).toBe(made.alarmTopics.notice);
    expect(made.dashboards?.business.dashboardName).toBeDefined();
    expect(made.bus?.eventBusArn).toBeDefined();
    expect(made.auditBucket?.bucketName).toBeDefined();
    expect(made.deadLetterQueue.queueArn).toBeDefined();
    expect(Object.keys(made.functions)).toContain('backchannel-authentication');
  });
});
