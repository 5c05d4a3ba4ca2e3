import * as v from 'valibot';
import type { EndpointTestOrder, EndpointTestReport } from '../../provider/core/notifying/endpoint-test.ts';
import { Refused } from '../command-line/failure.ts';
import { outputOf, readStack } from '../deployment/deployed-stack.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { callFunction, FUNCTION_FAILED, readFunctionAnswer } from '../deployment/function-call.ts';
import { jsonFromProvider } from '../deployment/provider-call.ts';

const report: v.GenericSchema<EndpointTestReport> = v.variant('outcome', [
  v.object({ outcome: v.literal('no_client') }),
  v.object({ outcome: v.literal('no_endpoint') }),
  v.object({
    outcome: v.literal('answered'),
    endpoint: v.string(),
    status: v.number(),
    tls_version: v.string(),
    certificate_ends_at: v.number(),
  }),
  v.object({ outcome: v.literal('unreachable'), endpoint: v.string(), reason: v.string() }),
]);

/**
 * Lets the function that pings clients try an endpoint, because only its network, its rules and its certificates say
 * whether pings arrive (docs/adr/0039).
 */
export class EndpointTester {
  readonly #call: (clientId: string) => Promise<string>;

  private constructor(call: (clientId: string) => Promise<string>) {
    this.#call = call;
  }

  /** Finds the function. Undefined for a deployment whose stack is not named. */
  static async of(deployment: Deployment): Promise<EndpointTester | undefined> {
    if (deployment.isLocal)
      return new EndpointTester((clientId) =>
        jsonFromProvider(deployment, `/local/endpoint-test?client_id=${encodeURIComponent(clientId)}`, {
          method: 'POST',
        }),
      );
    if (!deployment.stack) return undefined;
    const { name, aws, outputs } = await readStack(deployment.stack.name, deployment);
    const own = outputOf({ outputs }, 'FunctionClientNotification');
    if (own === undefined) throw earlierVersion(`The stack ${name} has no output FunctionClientNotification.`);
    const target = { name: 'client-notification', arn: `${own}:live`, aws };
    return new EndpointTester((clientId) =>
      callFunction(target, { test_endpoint_of: clientId } satisfies EndpointTestOrder).catch((error: unknown) => {
        const isOld = error instanceof Refused && error.code === FUNCTION_FAILED;
        throw isOld ? earlierVersion('client-notification did not make the test.') : error;
      }),
    );
  }

  async test(clientId: string): Promise<EndpointTestReport> {
    return readFunctionAnswer(report, await this.#call(clientId));
  }
}

/** A function of an earlier version knows no such test. */
function earlierVersion(what: string): Refused {
  return new Refused(what, 'Deploy this version of the provider, or use the ciba command of the deployed one.');
}
