import * as v from 'valibot';
import { Refused, WrongUsage } from '../command-line/failure.ts';
import { parseJsonObject } from '../command-line/json-object.ts';
import { plainLine } from '../command-line/text-layout.ts';
import { type AwsSettings, awsSettings, refusedBy, regionIn } from './aws-settings.ts';
import { outputOf, readStack, stackOption } from './deployed-stack.ts';
import type { Deployment } from './deployment.ts';

/** A function of a deployment that operators invoke themselves. */
export type OrderedFunction = {
  /** As in `lambdas/`. */
  readonly name: string;
  /** The stack's output that has its ARN. */
  readonly output: string;
  /** The environment variable that may name it. */
  readonly variable: string;
  /** Why there is nothing to invoke on the local runtime. */
  readonly notLocal: string;
};
/** How a command line names the function. */
export type FunctionOptions = { readonly stack?: string; readonly function?: string };
/** A function that can be called. */
export type FunctionTarget = { readonly name: string; readonly arn: string; readonly aws: AwsSettings };

/** The code of a refusal by the function itself; without it, AWS would not call it. */
export const FUNCTION_FAILED = 'function_failed';

/** The options of commands that invoke this function. */
export function optionsFor({ output, variable }: OrderedFunction) {
  const about = `The Lambda function instead of the stack: its output ${output}; by default ${variable}.`;
  return { ...stackOption, function: { kind: 'text', value: 'ARN', about } } as const;
}

/** Finds the function: as typed, in the outputs of the stack, or in the environment. */
export async function findFunction(
  deployment: Deployment,
  wanted: OrderedFunction,
  { stack: stackName, function: typed }: FunctionOptions,
): Promise<FunctionTarget> {
  const { name, output, variable } = wanted;
  if (stackName !== undefined && typed !== undefined) throw new WrongUsage('Give --stack or --function, not both');
  if (stackName !== undefined) {
    const stack = await readStack(stackName, deployment);
    const arn = outputOf(stack, output);
    if (arn === undefined) throw new Refused(`The stack ${stack.name} has no output ${output}: it has no ${name}.`);
    return { name, arn, aws: stack.aws };
  }
  if (deployment.isLocal && typed === undefined) throw new Refused(wanted.notLocal);
  const arn = typed ?? process.env[variable];
  if (arn === undefined)
    throw new WrongUsage(`Which deployment? Give --stack, or --function: output ${output} of the stack`);
  return { name, arn, aws: await awsSettings(deployment, regionIn(arn)) };
}

/** Invokes it and waits for its answer, as JSON. */
export async function callFunction({ name, arn, aws }: FunctionTarget, payload: unknown): Promise<string> {
  const { LambdaClient, InvokeCommand } = await import('@aws-sdk/client-lambda');
  // A lost answer is not tried again: to rotate keys twice would put some to use that nobody has seen.
  const lambda = new LambdaClient({ ...aws, maxAttempts: 1 });
  const answer = await lambda
    .send(new InvokeCommand({ FunctionName: arn, Payload: JSON.stringify(payload) }))
    .catch((error: unknown) => {
      throw refusedBy('AWS Lambda', error);
    });
  const json = Buffer.from(answer.Payload ?? []).toString();
  if (answer.FunctionError !== undefined) {
    const why = parseJsonObject(json)?.['errorMessage'] ?? answer.FunctionError;
    throw new Refused(`${name} refused: ${plainLine(why)}`, FUNCTION_FAILED);
  }
  return json;
}

/** What a function answered. An answer of another shape is by another version of it. */
export function readFunctionAnswer<Answer>(schema: v.GenericSchema<Answer>, json: string): Answer {
  const answer = v.safeParse(schema, JSON.parse(json));
  if (!answer.success) throw new Refused('The answer is of another version: use the command of the version deployed.');
  return answer.output;
}
