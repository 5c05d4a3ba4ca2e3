import * as v from 'valibot';
import type { VersionTest } from '../../flows/operating/test-deployment.ts';

/** What CodeDeploy sends to a hook. */
const lifecycleEvent = v.object({ DeploymentId: v.string(), LifecycleEventHookExecutionId: v.string() });

/** Tells CodeDeploy whether the deployment may go on. */
export type ReportStatus = (
  hook: { readonly deploymentId: string; readonly executionId: string },
  status: 'Succeeded' | 'Failed',
) => Promise<void>;

/** Whether the deployment may go on, and what the log must say, if anything. */
type Verdict = { readonly mayGoOn: boolean; readonly line?: string };

/**
 * Handles a lifecycle event of CodeDeploy and always reports an outcome: without one CodeDeploy would wait for an hour.
 * What must be looked at is thrown after the report, by which CodeDeploy goes. Then the log of the function has it, and
 * its alarm rings. A version that could not be tested goes on: it may be one that is restored, or a repair. Of a fault
 * only the kind is logged, because a message may quote what was sent.
 */
export async function answerLifecycleEvent(
  event: unknown,
  report: ReportStatus,
  test: (deploymentId: string) => Promise<VersionTest>,
): Promise<void> {
  const { DeploymentId: deploymentId, LifecycleEventHookExecutionId: executionId } = v.parse(lifecycleEvent, event);
  const { mayGoOn, line } = await test(deploymentId).then(verdictOn, (error: unknown) =>
    refusal(error instanceof Error ? error.name : typeof error),
  );
  await report({ deploymentId, executionId }, mayGoOn ? 'Succeeded' : 'Failed');
  if (line !== undefined) throw new Error(line);
}

function verdictOn(test: VersionTest): Verdict {
  switch (test.outcome) {
    case 'passed':
    case 'restored':
      return { mayGoOn: true };
    case 'unknown':
      return { mayGoOn: true, line: 'the version was not tested: CodeDeploy does not tell which it is' };
    case 'unproven':
      return { mayGoOn: true, line: `nobody can log in, with the version before neither: ${test.why}` };
    case 'refused':
      return refusal(test.why);
  }
}

function refusal(why: string): Verdict {
  return { mayGoOn: false, line: `the new version gets no calls: ${why}` };
}
