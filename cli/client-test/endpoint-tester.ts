import * as v from 'valibot';
import type { KeysTestOrder, KeysTestReport } from '../../provider/core/client/keys-test.ts';
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

const text = v.optional(v.string());
const keysReport: v.GenericSchema<KeysTestReport> = v.variant('outcome', [
  v.object({ outcome: v.literal('no_client') }),
  v.object({ outcome: v.literal('no_jwks_uri') }),
  v.object({
    outcome: v.literal('fetched'),
    jwks_uri: v.string(),
    keys: v.array(
      v.object({ kty: v.string(), crv: text, x: text, y: text, n: text, e: text, kid: text, alg: text, use: text }),
    ),
  }),
  v.object({ outcome: v.literal('unavailable'), jwks_uri: v.string(), reason: v.string() }),
]);

type Order = EndpointTestOrder | KeysTestOrder;

/**
 * Lets the function that pings clients call the addresses of a client, because only its network, its rules and its
 * certificates say whether the provider reaches them (docs/adr/0039).
 */
export class EndpointTester {
  readonly #call: (order: Order) => Promise<string>;

  private constructor(call: (order: Order) => Promise<string>) {
    this.#call = call;
  }

  /** Finds the function. Undefined for a deployment whose stack is not named. */
  static async of(deployment: Deployment): Promise<EndpointTester | undefined> {
    if (deployment.isLocal)
      return new EndpointTester((order) => jsonFromProvider(deployment, localPathOf(order), { method: 'POST' }));
    if (!deployment.stack) return undefined;
    const { name, aws, outputs } = await readStack(deployment.stack.name, deployment);
    const own = outputOf({ outputs }, 'FunctionClientNotification');
    if (own === undefined) throw earlierVersion(`The stack ${name} has no output FunctionClientNotification.`);
    const target = { name: 'client-notification', arn: `${own}:live`, aws };
    return new EndpointTester((order) =>
      callFunction(target, order).catch((error: unknown) => {
        const isOld = error instanceof Refused && error.code === FUNCTION_FAILED;
        throw isOld ? earlierVersion('client-notification did not make the test.') : error;
      }),
    );
  }

  async test(clientId: string): Promise<EndpointTestReport> {
    return readFunctionAnswer(report, await this.#call({ test_endpoint_of: clientId }));
  }

  async fetchKeys(clientId: string): Promise<KeysTestReport> {
    return readFunctionAnswer(keysReport, await this.#call({ test_keys_of: clientId }));
  }
}

function localPathOf(order: Order): string {
  return 'test_keys_of' in order
    ? `/local/keys-test?client_id=${encodeURIComponent(order.test_keys_of)}`
    : `/local/endpoint-test?client_id=${encodeURIComponent(order.test_endpoint_of)}`;
}

/** A function of an earlier version knows no such test. */
function earlierVersion(what: string): Refused {
  return new Refused(what, 'Deploy this version of the provider, or use the ciba command of the deployed one.');
}
