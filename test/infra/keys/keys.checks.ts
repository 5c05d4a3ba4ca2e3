import { describe, expect, it } from 'vitest';
import { synthesized } from '../support/synthesized.ts';

const minimal = synthesized('minimal');

describe('signing keys', () => {
  it('are made by the deployment, after the permissions that takes', () => {
    const [first] = minimal.all('Custom::FirstSigningKeys');
    expect(first?.DependsOn).toContain(minimal.idOf(minimal.alias('signing-keys')));
    expect(first?.DependsOn?.filter((id) => id.includes('RoleDefaultPolicy')).length).toBe(2);
  });

  it('are made again by a new version of the function, while the deployment can still be rolled back', () => {
    expect(JSON.stringify(minimal.all('Custom::FirstSigningKeys')[0]?.Properties.versions)).toContain('CurrentVersion');
  });

  it('are looked after twice a day', () => {
    const rule = minimal
      .all('AWS::Events::Rule')
      .find(({ Properties }) => Properties.ScheduleExpression === 'rate(12 hours)');
    expect(rule?.Properties.Targets[0].Arn.Ref).toBe(minimal.idOf(minimal.alias('signing-keys')));
    expect(JSON.parse(rule?.Properties.Targets[0].Input)).toEqual({ action: 'rotate', by: 'schedule' });
  });

  it('are written by the function signing-keys alone: the one of the deployment only calls it', () => {
    const own = minimal.statements('first-keys').filter(({ Action }) => !JSON.stringify(Action).includes('logs:'));
    expect(own.map(({ Action, Resource }) => [Action, Resource.Ref])).toEqual([
      ['lambda:InvokeFunction', minimal.idOf(minimal.alias('signing-keys'))],
    ]);
  });
});
