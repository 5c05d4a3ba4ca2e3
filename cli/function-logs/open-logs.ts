import { WrongUsage } from '../command-line/failure.ts';
import { readStack } from '../deployment/deployed-stack.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { cloudwatchLog } from './cloudwatch-log.ts';
import { localLog } from './local-log.ts';
import type { LogSource } from './log-source.ts';

/** Opens the logs of the deployment: those of its stack, or of the local runtime. */
export async function openLogs(deployment: Deployment): Promise<LogSource> {
  if (deployment.stack !== undefined) return cloudwatchLog(await readStack(deployment.stack.name, deployment));
  if (deployment.isLocal) return localLog(deployment);
  throw new WrongUsage('Name the stack of the deployment: give --stack, or a --context with a stack');
}
