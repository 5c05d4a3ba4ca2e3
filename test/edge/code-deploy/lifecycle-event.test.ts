import { describe, expect, it } from 'vitest';
import { answerLifecycleEvent } from '../../../provider/edge/code-deploy/lifecycle-event.ts';
import type { VersionTest } from '../../../provider/flows/operating/test-deployment.ts';

const EVENT = { DeploymentId: 'd-1', LifecycleEventHookExecutionId: 'e-1' };

/** Handles an event whose test ends like this. Returns what was reported, and what was thrown afterwards. */
async function handle(test: () => Promise<VersionTest>, event: unknown = EVENT) {
  const steps: unknown[] = [];
  const report = async (hook: object, status: string) => {
    steps.push({ ...hook, status });
  };
  const failure = await answerLifecycleEvent(event, report, test).then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : error),
  );
  return { steps, failure };
}
const reported = (status: string) => [{ deploymentId: 'd-1', executionId: 'e-1', status }];

describe('a lifecycle event of CodeDeploy', () => {
  it.each<VersionTest>([{ outcome: 'passed' }, { outcome: 'restored' }])('goes on quietly after %o', async (test) => {
    expect(await handle(async () => test)).toEqual({ steps: reported('Succeeded'), failure: undefined });
  });

  it.each<[VersionTest, string]>([
    [{ outcome: 'unknown' }, 'the version was not tested: CodeDeploy does not tell which it is'],
    [
      { outcome: 'unproven', why: 'approval answers 500 server_error' },
      'nobody can log in, with the version before neither: approval answers 500 server_error',
    ],
  ])('goes on after %o, and rings the alarm after its report', async (test, failure) => {
    expect(await handle(async () => test)).toEqual({ steps: reported('Succeeded'), failure });
  });

  it('fails after a version with which nobody can log in, and says the step', async () => {
    const failure = 'the new version gets no calls: approval answers 500 server_error';
    const refused = { outcome: 'refused', why: 'approval answers 500 server_error' } as const;
    expect(await handle(async () => refused)).toEqual({ steps: reported('Failed'), failure });
  });

  it.each<[unknown, string]>([
    [new TypeError('hunter2'), 'TypeError'],
    ['hunter2', 'string'],
  ])('fails after a fault of the test, with the kind of the fault alone: %o', async (fault, kind) => {
    const failure = `the new version gets no calls: ${kind}`;
    expect(await handle(() => Promise.reject(fault))).toEqual({ steps: reported('Failed'), failure });
  });

  it('of another form is no lifecycle event: nothing is tested or reported', async () => {
    const { steps, failure } = await handle(() => Promise.reject(new Error('tested')), { DeploymentId: 'd-1' });
    expect(steps).toEqual([]);
    expect(failure).toContain('LifecycleEventHookExecutionId');
  });
});
