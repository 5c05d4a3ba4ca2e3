import { listOf, type Value } from './synthesized.ts';

/**
 * A statement as it was before endpoint actions were allowed on applications: on the ARNs of endpoints alone. SNS denied
 * every action on an endpoint to a role with it.
 */
export function onEndpointsAlone(statement: Value): Value {
  const resources = listOf(statement.Resource);
  const onEndpoints = resources.filter((arn) => JSON.stringify(arn)?.includes(':endpoint/'));
  return onEndpoints.length === 0 ? statement : { ...statement, Resource: onEndpoints };
}
