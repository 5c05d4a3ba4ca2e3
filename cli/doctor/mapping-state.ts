import type { DeployedStack } from '../deployment/deployed-stack.ts';

/** Returns the state of the mapping from a source to a function, or undefined if there is no mapping. */
export async function mappingState({ aws }: DeployedStack, UUID: string): Promise<string | undefined> {
  const { GetEventSourceMappingCommand, LambdaClient } = await import('@aws-sdk/client-lambda');
  try {
    const { State } = await new LambdaClient(aws).send(new GetEventSourceMappingCommand({ UUID }));
    return State ?? 'unknown';
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

/** Whether a mapping is on its way to be enabled. */
export function isStarting(state: string): boolean {
  return /^(Creating|Enabling|Updating)$/.test(state);
}
