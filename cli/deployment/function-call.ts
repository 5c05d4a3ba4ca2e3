import * as v from 'valibot';
import { Refused, WrongUsage } from '../command-line/failure.ts';
import { parseJsonObject } from '../command-line/json-object.ts';
import { plainLine } from '../command-line/text-layout.ts';
import { type AwsSettings, awsSettings, refusedBy, regionIn } from './aws-settings.ts';
import { outputOf, readStack } from './deployed-stack.ts';
import type { Deployment } from './deployment.ts';

/** A function of a deployment that operators invoke directly. */
export type OperatorFunction = {
  /** The folder in `lambdas/`. */
  readonly name: string;
  /** The stack's output with its ARN. */
  readonly output: string;
  /** The environment variable that may hold its ARN. */
  readonly variable: string;
  /** The error on the local runtime, which does not have the function. */
  readonly notLocal: string;
};
/** The options that name the function. */
export type FunctionOptions = { readonly function?: string };
/** A function to call, with the settings for the call. */
export type FunctionTarget = { readonly name: string; readonly arn: string; readonly aws: AwsSettings };

/** The code of an error of the function itself. Errors of AWS do not have it. */
export const FUNCTION_FAILED = 'function_failed';

/** Makes the options of a command that invokes this function. */
export function optionsFor({ output, variable }: OperatorFunction) {
  const about = `ARN of the Lambda function, instead of --stack. The stack's output ${output} has it. Default: ${variable}.`;
  return { function: { kind: 'text', value: 'ARN', about } } as const;
}

/** Finds the function from `--function`, from the outputs of the stack, or from the environment. */
export async function findFunction(
  deployment: Deployment,
  wanted: OperatorFunction,
  { function: typed }: FunctionOptions,
): Promise<FunctionTarget> {
  const { name, output, variable } = wanted;
  const { stack: named } = deployment;
  if (named?.from === '--stack' && typed !== undefined) throw new WrongUsage('Give --stack or --function, not both');
  if (named !== undefined && typed === undefined) {
    const stack = await readStack(named.name, deployment);
    const arn = outputOf(stack, output);
    if (arn === undefined)
      throw new Refused(
        `The stack ${stack.name} has no output ${output}, so it has no function ${name}.`,
        'Check its name with npx cdk list.',
      );
    return { name, arn, aws: stack.aws };
  }
  if (deployment.isLocal && typed === undefined)
    throw new Refused(wanted.notLocal, 'Give --stack, or --url of a deployment.');
  const arn = typed ?? process.env[variable];
  if (arn === undefined)
    throw new WrongUsage(`Name the deployment: give --stack, or --function with the stack's output ${output}`);
  return { name, arn, aws: await awsSettings(deployment, regionIn(arn)) };
}

/** Invokes the function and returns its answer as JSON. */
export async function callFunction({ name, arn, aws }: FunctionTarget, payload: unknown): Promise<string> {
  const { LambdaClient, InvokeCommand } = await import('@aws-sdk/client-lambda');
  // No second attempt after a lost answer: a second rotation would activate keys that verifiers have not seen.
  const lambda = new LambdaClient({ ...aws, maxAttempts: 1 });
  const answer = await lambda
    .send(new InvokeCommand({ FunctionName: arn, Payload: JSON.stringify(payload) }))
    .catch((error: unknown) => {
      throw refusedBy('AWS Lambda', error);
    });
  const json = Buffer.from(answer.Payload ?? []).toString();
  if (answer.FunctionError !== undefined) {
    const why = parseJsonObject(json)?.['errorMessage'] ?? answer.FunctionError;
    throw new Refused(
      `${name} failed: ${plainLine(why).replace(/\.?$/, '.')}`,
      'ciba doctor says what is broken; the log of the function says more.',
      FUNCTION_FAILED,
    );
  }
  return json;
}

/** Parses the answer of a function. An unknown form means that another version of the function is deployed. */
export function readFunctionAnswer<Answer>(schema: v.GenericSchema<Answer>, json: string): Answer {
  const answer = v.safeParse(schema, JSON.parse(json));
  if (!answer.success)
    throw new Refused('Another version of the provider is deployed.', 'Use the ciba command of that version.');
  return answer.output;
}
