import { answerLifecycleEvent } from '../../provider/edge/code-deploy/lifecycle-event.ts';
import { testVersion } from '../../provider/flows/operating/test-deployment.ts';
import { wire } from './wiring.ts';

/**
 * Not called over HTTP: CodeDeploy calls it before a new version of a function gets its first call. It logs in with that
 * version. If that fails, the deployment is rolled back, and no user was led to the version. A version that is restored
 * is not tested. A version that fails passes if nobody can log in with the version before either: it may be the repair.
 * It can call only the functions of a login, and never as an operator.
 */
const { ports, report } = wire();

export const handler = (event: unknown): Promise<void> =>
  answerLifecycleEvent(event, report, (deploymentId) => testVersion(ports, deploymentId));
