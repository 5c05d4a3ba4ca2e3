import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  type StackResource,
  UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import * as v from 'valibot';
import { AWS_JSON } from '../../../local/aws/json-answer.ts';
import { changeTemplates } from './cloud-assembly.ts';
import type { TemplateChange, TemplateResource } from './concessions.ts';
import { ACCOUNT, type Emulator, NODE_FOLDER, REGION } from './emulator.ts';
import type { Source } from './source.ts';

const run = promisify(execFile);
const logEvents = v.object({ events: v.array(v.object({ message: v.string() })) });
const groups = v.object({ logGroups: v.array(v.object({ logGroupName: v.string() })) });
const logLine = v.record(v.string(), v.unknown());
/** The emulator takes any. */
export const CREDENTIALS = { accessKeyId: 'test', secretAccessKey: 'test' };

/** The settings of a stage, as in a file of `infra/stages`. */
export type StageSettings = { readonly stage: string } & Readonly<Record<string, unknown>>;
/** A deployed stack. */
export type DeployedStack = {
  readonly status: string | undefined;
  readonly outputs: Readonly<Record<string, string>>;
  readonly resources: readonly StackResource[];
};

/** The emulator as an AWS account, into which this project is deployed with the AWS CDK's own command. */
export class EmulatedAccount {
  readonly #emulator: Emulator;
  readonly #cloudFormation: CloudFormationClient;
  readonly #lambda: LambdaClient;
  /** The cloud assembly that was deployed last. */
  #assembly = '';
  /** Settings, sources and cloud assemblies. */
  readonly folder = mkdtempSync(join(tmpdir(), 'ciba-account-'));

  constructor(emulator: Emulator) {
    this.#emulator = emulator;
    this.#cloudFormation = new CloudFormationClient(this.clientSettings());
    this.#lambda = new LambdaClient(this.clientSettings());
  }

  /** The settings of any client of the SDK for this account. */
  clientSettings() {
    const { endpoint, address } = this.#emulator;
    const requestHandler = { httpsAgent: new Agent({ ca: address.certificate }), requestTimeout: 60_000 };
    return { endpoint, region: REGION, credentials: CREDENTIALS, requestHandler };
  }

  /** Makes what CDK needs in an account. */
  async bootstrap(): Promise<void> {
    await this.#cdk(this.folder, ['bootstrap', `aws://${ACCOUNT}/${REGION}`]);
  }

  /** Deploys a source with these settings. Returns the changes that its templates needed. */
  async deploy(source: Source, settings: StageSettings): Promise<readonly TemplateChange[]> {
    const folder = mkdtempSync(join(this.folder, 'deployment-'));
    const assembly = join(folder, 'assembly');
    const stage = join(folder, 'stage.json');
    writeFileSync(stage, JSON.stringify(settings));
    await this.#cdk(source.folder, ['synth', '--quiet', '--output', assembly, '-c', `stage=${stage}`]);
    const changes = changeTemplates(assembly);
    this.#assembly = assembly;
    try {
      await this.#cdk(this.folder, ['deploy', '--app', assembly, '--require-approval', 'never']);
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      throw new Error([said, ...(await this.#failuresOf(`ciba-${settings.stage}`))].join('\n'));
    }
    return changes;
  }

  /** Deletes the stack that was deployed last, with `cdk destroy`. */
  async destroy(): Promise<void> {
    await this.#cdk(this.folder, ['destroy', '--app', this.#assembly, '--force']);
  }

  /** Makes a stack of these resources alone. */
  async createStack(Resources: Readonly<Record<string, TemplateResource>>): Promise<void> {
    const TemplateBody = JSON.stringify({ Resources });
    await this.#cloudFormation.send(new CreateStackCommand({ StackName: 'a-stack', TemplateBody }));
  }

  async unprotect(StackName: string): Promise<void> {
    const change = { StackName, EnableTerminationProtection: false };
    await this.#cloudFormation.send(new UpdateTerminationProtectionCommand(change));
  }

  async deleteStack(StackName: string): Promise<void> {
    await this.#cloudFormation.send(new DeleteStackCommand({ StackName }));
  }

  /** Reads a stack by its name or id; a deleted one by its id only. */
  async stack(StackName: string): Promise<DeployedStack> {
    const { Stacks } = await this.#cloudFormation.send(new DescribeStacksCommand({ StackName }));
    const { StackResources = [] } = await this.#cloudFormation.send(new DescribeStackResourcesCommand({ StackName }));
    const outputs = Stacks?.[0]?.Outputs?.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]);
    return {
      status: Stacks?.[0]?.StackStatus,
      outputs: Object.fromEntries(outputs ?? []),
      resources: StackResources,
    };
  }

  /** Returns what a function logged, one parsed line each. Lines that are not its own are left out. */
  async logOf(functionName: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const { LoggingConfig } = await this.#lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName: functionName }),
    );
    const { events } = v.parse(
      logEvents,
      await this.#logs('FilterLogEvents', { logGroupName: LoggingConfig?.LogGroup }),
    );
    return events.flatMap(({ message }) => (message.startsWith('{') ? [v.parse(logLine, JSON.parse(message))] : []));
  }

  /** Returns the names of all log groups. */
  async logGroups(): Promise<readonly string[]> {
    const { logGroups } = v.parse(groups, await this.#logs('DescribeLogGroups', {}));
    return logGroups.map(({ logGroupName }) => logGroupName);
  }

  /** Calls CloudWatch Logs. Its client would be one more package for two calls. */
  async #logs(action: string, input: object): Promise<unknown> {
    const scope = `${CREDENTIALS.accessKeyId}/20260101/${REGION}/logs/aws4_request`;
    const headers = {
      'content-type': AWS_JSON['1.1'],
      'x-amz-target': `Logs_20140328.${action}`,
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`,
    };
    const body = JSON.stringify(input);
    return (await fetch(this.#emulator.endpoint, { method: 'POST', headers, body })).json();
  }

  /** Ends the clients and removes the files. */
  close(): void {
    this.#cloudFormation.destroy();
    this.#lambda.destroy();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The failures in the events of a stack, first one first. They name the resource and its type. */
  async #failuresOf(StackName: string): Promise<readonly string[]> {
    const { StackEvents = [] } = await this.#cloudFormation
      .send(new DescribeStackEventsCommand({ StackName }))
      .catch(() => ({ StackEvents: [] }));
    const failed = StackEvents.filter(({ ResourceStatus }) => ResourceStatus?.endsWith('FAILED')).toReversed();
    return failed.map((event) => `${event.ResourceType} ${event.LogicalResourceId}: ${event.ResourceStatusReason}`);
  }

  /** Runs the command of the AWS CDK. Throws what it printed if it fails. */
  async #cdk(cwd: string, args: readonly string[]): Promise<void> {
    // Nothing of the caller's environment, which may name another account.
    const env = {
      PATH: [NODE_FOLDER, process.env['PATH']].join(delimiter),
      HOME: this.folder,
      AWS_ENDPOINT_URL: this.#emulator.endpoint,
      NODE_EXTRA_CA_CERTS: this.#emulator.certificateFile,
      AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
      AWS_REGION: REGION,
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      CI: 'true',
    };
    const options = ['--no-notices', '--no-version-reporting', '--progress', 'events'];
    await run(join(NODE_FOLDER, 'cdk'), [...args, ...options], { cwd, env, maxBuffer: 2 ** 28 }).catch((error) => {
      const printed = `${error.stdout}${error.stderr}`.trim().split('\n').slice(-20).join('\n');
      throw new Error(`cdk ${args[0]} failed: ${printed}`);
    });
  }
}
