import * as v from 'valibot';
import type { TrafficShift } from '../../core/operating/synthetic.ts';
import {
  type Connected,
  jsonCall,
  NEVER_AGAIN,
  type SendSigned,
  type SignedAnswer,
  signedCalls,
  tryAgain,
} from '../signed-calls.ts';

/** The pauses between the tries of a call, in milliseconds. */
const PAUSES = [2000, 2000, 2000];
/** Who makes a deployment that restores what was there before. */
const RESTORING: readonly unknown[] = ['codeDeployRollback', 'CloudFormationRollback'];

/** The revision says where the AppSpec is. It is passed on as it came. */
const deployment = v.object({
  deploymentInfo: v.object({
    applicationName: v.string(),
    creator: v.optional(v.string()),
    revision: v.record(v.string(), v.unknown()),
  }),
});
/** CloudFormation hands its AppSpec over as a text. `appSpecContent` is the newer name for the same. */
const content = v.object({ content: v.string() });
const application = v.object({
  revision: v.object({ string: v.optional(content), appSpecContent: v.optional(content) }),
});
const version = v.pipe(v.string(), v.transform(Number), v.integer());
/** The AppSpec of a deployment to Lambda names one function. */
const appSpec = v.object({
  Resources: v.pipe(
    v.array(
      v.record(
        v.string(),
        v.object({
          Properties: v.object({ Name: v.string(), CurrentVersion: version, TargetVersion: version }),
        }),
      ),
    ),
    v.length(1),
  ),
});

/**
 * CodeDeploy's part in a deployment. It tells a hook only the id of the deployment, so two reads lead from there to the
 * version: the deployment names its revision, and the revision contains the AppSpec.
 */
export class CodeDeploy {
  readonly #send: SendSigned;

  /** `milliseconds` is how long each try of a call may take. */
  constructor(client: Connected, where: { readonly endpoint: string | undefined; readonly milliseconds: number }) {
    this.#send = signedCalls(client, { service: 'codedeploy', ...where, pauses: NEVER_AGAIN });
  }

  /** Reads what a deployment is about to do. Undefined if CodeDeploy does not tell, or tells it in another form. */
  async readShift(deploymentId: string): Promise<TrafficShift | undefined> {
    return this.#readShift(deploymentId).catch(() => undefined);
  }

  async #readShift(deploymentId: string): Promise<TrafficShift> {
    const { deploymentInfo } = v.parse(deployment, await this.#call('GetDeployment', { deploymentId }));
    const { applicationName, creator, revision } = deploymentInfo;
    const found = v.parse(application, await this.#call('GetApplicationRevision', { applicationName, revision }));
    const { content: text = '' } = found.revision.string ?? found.revision.appSpecContent ?? {};
    const { Resources } = v.parse(appSpec, JSON.parse(text));
    const [resource] = Resources.flatMap((named) => Object.values(named));
    if (!resource) throw new Error('the AppSpec names no function');
    const { Name: functionName, CurrentVersion: from, TargetVersion: to } = resource.Properties;
    return { functionName, from, to, isRollback: RESTORING.includes(creator) };
  }

  /** Tells CodeDeploy whether it may go on. */
  async report(
    hook: { readonly deploymentId: string; readonly executionId: string },
    status: 'Succeeded' | 'Failed',
  ): Promise<void> {
    const { deploymentId, executionId } = hook;
    const input = { deploymentId, lifecycleEventHookExecutionId: executionId, status };
    await this.#call('PutLifecycleEventHookExecutionStatus', input);
  }

  /** Tries again after each failure: without a report, CodeDeploy waits for an hour, and a new right needs a moment. */
  async #call(action: string, input: object): Promise<unknown> {
    const call = jsonCall(`CodeDeploy_20141006.${action}`, input);
    const { statusCode, body } = await tryAgain(() => this.#send(call), isAccepted, PAUSES);
    if (statusCode !== 200) throw new Error(`CodeDeploy answers ${action} with ${statusCode}`);
    return JSON.parse(body || '{}');
  }
}

function isAccepted({ statusCode }: SignedAnswer): boolean {
  return statusCode === 200;
}
