import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as cloudformation from '@aws-sdk/client-cloudformation';
import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as kms from '@aws-sdk/client-kms';
import * as lambda from '@aws-sdk/client-lambda';
import * as secretsmanager from '@aws-sdk/client-secrets-manager';
import * as sqs from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { choose, readCommandLine } from '../../cli/command-line/command-line.ts';
import { vocabulary } from '../../cli/commands/registry.ts';
import { functions } from '../../infra/functions/deployed-functions.ts';
import { parseStartOptions } from '../../local/start-options.ts';
import { codeBlocksIn, pages, root } from '../support/code-blocks.ts';
import { dryRun } from '../support/dry-run.ts';
import { scriptsOfWorkflows } from '../support/workflows.ts';

// Every command of the pages is taken apart by bash without being run, and its words are held against what would take
// them: package.json, the vocabulary of ciba, the options of npm start, the files, the operations of AWS's SDK, the routes of the provider.

type Words = readonly string[];
type Script = { readonly place: string; readonly text: string };

const scriptsIn = (page: string): readonly Script[] => [
  ...codeBlocksIn(page, 'sh').map(({ line, text }) => ({ place: `${page}:${line}`, text })),
  ...inlineCommandsIn(page),
];

/** Commands in a line of text. Synopses and lists of names are none: `npm start -- [options]`, `npm run ciba -- …`. */
function inlineCommandsIn(page: string): readonly Script[] {
  return readFileSync(join(root, page), 'utf8')
    .split('\n')
    .flatMap((text, index) =>
      [...text.matchAll(/`((?:npm|npx|ciba|cdk|aws|openssl) [^`]+|curl [^`]+\/[^`]*)`/g)].map(([, command = '']) => ({
        place: `${page}:${index + 1}`,
        text: command,
      })),
    )
    .filter(({ text }) => !/[[…]/.test(text));
}

const { scripts: npmScripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
};
const stages = ['main', 'dev', 'production'];

/** What nobody would take in a command; undefined when all is well. */
function objectionTo(words: Words): string | undefined {
  const [command = '', ...args] = words;
  if (command === 'npm') return objectionToNpm(args);
  if (command === 'npx') return objectionToNpx(args);
  if (command === 'node') return objectionToFile(args);
  if (command === 'ciba') return objectionToCiba(args, false);
  if (command === 'aws') return objectionToAws(args);
  if (command === 'cdk') return objectionToCdk(args);
  if (command === 'curl') return objectionToCurl(args);
  if (command === 'openssl') return objectionToOpenssl(args);
  return undefined;
}

/** Commands of npm itself. Readers of docs/clients.md install libraries in projects of their own. */
const NPM_COMMANDS = ['ci', 'install', 'version', 'audit'];

function objectionToNpm([verb = '', ...args]: Words): string | undefined {
  const name = verb === 'run' ? (args[0] ?? '') : verb;
  if (NPM_COMMANDS.includes(name)) return undefined;
  if (npmScripts[name] === undefined) return `package.json has no script ${name}`;
  const own = args.includes('--') ? args.slice(args.indexOf('--') + 1) : [];
  if (name === 'ciba') return objectionToCiba(own, true);
  return name === 'start' ? refusalOf(() => parseStartOptions(own)) : undefined;
}

function objectionToNpx([command = '', ...args]: Words): string | undefined {
  if (command === 'node') return objectionToFile(args);
  return command === 'cdk' ? objectionToCdk(args) : `npx ${command} is nothing of ours`;
}

/** The reader of the tutorial saves files of their own, and runs an API of their own. */
const TUTORIAL = readFileSync(join(root, 'docs/tutorial.md'), 'utf8');
const TUTORIAL_API = 'http://localhost:8080/';

function objectionToFile([file = '']: Words): string | undefined {
  const isPath = file.includes('/');
  const isThere = existsSync(join(root, file)) || TUTORIAL.includes(`\n// ${file}: `);
  return isPath && !isThere ? `there is no file ${file}` : undefined;
}

/** A whole command line, or in a text only the name of a command. */
function objectionToCiba(args: Words, whole: boolean): string | undefined {
  return refusalOf(() => {
    const { noun, command, help } = choose(args, vocabulary);
    if (!whole || help) return;
    if (!command) throw new Error(`ciba ${args.join(' ')} names no command`);
    readCommandLine(args, { noun, command });
    const stack = args[args.indexOf('--stack') + 1];
    if (args.includes('--stack') && !isStack(stack)) throw new Error(`there is no stack ${stack}`);
  });
}

/** The options of the CDK that the pages use. `cdk deploy --help` lists them. */
const CDK_OPTIONS = [
  ...['-c', '--revert-drift', '--all', '--method', '--no-color', '--require-approval'],
  '--cloudformation-execution-policies',
];
const CDK_VERBS = ['bootstrap', 'deploy', 'destroy', 'diff', 'drift', 'synth'];

function objectionToCdk([verb = '', ...args]: Words): string | undefined {
  if (!CDK_VERBS.includes(verb)) return `there is no cdk ${verb}`;
  const unknown = args.find((arg) => arg.startsWith('-') && !CDK_OPTIONS.includes(arg));
  if (unknown !== undefined) return `cdk ${verb} with ${unknown} is nothing of ours`;
  const stage = args.find((arg) => arg.startsWith('stage='))?.slice('stage='.length);
  const hasFile = ['json', 'example.json'].some((end) => existsSync(join(root, `infra/stages/${stage}.${end}`)));
  return stage === undefined || hasFile ? undefined : `there is no stage ${stage}`;
}

/** The options of curl that the pages use: those with a value, and those that stand alone. */
const CURL_VALUES = ['-X', '-H', '-d', '--data-urlencode', '-u', '--user', '--aws-sigv4'];
const CURL_FLAGS = ['-s', '-G'];
const ROUTES = Object.values(functions).flatMap(({ routes }): readonly string[] => routes);
const LOCAL_ROUTES = readFileSync(join(root, 'local/demo/local-routes.ts'), 'utf8');

/** A call of the provider: its method and path are a route. The issuer is a variable, which is empty here. */
function objectionToCurl(args: Words): string | undefined {
  const options: [name: string, value: string][] = [];
  const targets: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const word = args[index] ?? '';
    if (CURL_VALUES.includes(word)) {
      index += 1;
      options.push([word, args[index] ?? '']);
    } else if (word.startsWith('-') && !CURL_FLAGS.includes(word)) return `curl with ${word} is nothing of ours`;
    else if (!word.startsWith('-')) targets.push(word);
  }
  const [target, ...others] = targets;
  if (target?.startsWith(TUTORIAL_API) && TUTORIAL.includes('server.listen(8080')) return undefined;
  if (target === undefined || others.length > 0) return `curl calls ${targets.length} addresses`;
  const hasBody = options.some(([name]) => name.startsWith('-d') || name === '--data-urlencode');
  const method = options.find(([name]) => name === '-X')?.[1] ?? (hasBody && !args.includes('-G') ? 'POST' : 'GET');
  const path = `/${target.replace(/^(?:https?:\/\/[^/]+\/|localhost:\d+\/|\/)?/, '').replace(/\?.*$/, '')}`;
  const isRoute = path.startsWith('/local/')
    ? LOCAL_ROUTES.includes(`'${method} ${path}':`)
    : ROUTES.some((route) => patternOf(route).test(`${method} ${path}`));
  return isRoute ? undefined : `there is no route ${method} ${path}`;
}

/** A route as a pattern: a name in braces stands for one segment. */
function patternOf(route: string): RegExp {
  return new RegExp(`^${route.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`);
}

/** Where there is no openssl, nothing is objected to. */
function objectionToOpenssl([command = '']: Words): string | undefined {
  const { status } = spawnSync('openssl', [command, '-help'], { stdio: 'ignore' });
  return status === 0 || status === null ? undefined : `there is no openssl ${command}`;
}

const SERVICES: Readonly<Record<string, object>> = { cloudformation, dynamodb, kms, lambda, secretsmanager, sqs };
/** Options of the AWS command line itself. */
const AWS_OPTIONS = ['query', 'output', 'region', 'profile', 'cli-binary-format'];
/**
 * Commands of the AWS command line itself, and of services whose client is not installed, with the options that AWS's
 * reference gives them.
 */
const FROM_REFERENCE: Readonly<Record<string, readonly string[]>> = {
  'apigatewayv2 create-api-mapping': ['api-id', 'domain-name', 'stage'],
  'apigatewayv2 create-domain-name': ['domain-name', 'domain-name-configurations'],
  'apigatewayv2 get-domain-name': ['domain-name'],
  'backup describe-restore-job': ['restore-job-id'],
  'backup list-recovery-points-by-backup-vault': ['backup-vault-name'],
  'backup start-copy-job': [],
  'backup start-restore-job': ['recovery-point-arn', 'iam-role-arn', 'metadata'],
  'dynamodbstreams get-records': ['shard-iterator', 'limit'],
  'dynamodbstreams get-shard-iterator': [...['stream-arn', 'shard-id'], ...['shard-iterator-type', 'sequence-number']],
  'events create-archive': [],
  'events put-rule': ['event-bus-name', 'name', 'event-pattern'],
  'events put-targets': ['event-bus-name', 'rule', 'targets'],
  'backup update-global-settings': ['global-settings'],
  'backup update-region-settings': ['resource-type-management-preference', 'resource-type-opt-in-preference'],
  'cloudformation wait': ['stack-name'],
  'cloudwatch describe-alarms': ['alarm-name-prefix', 'state-value'],
  'deploy list-deployments': ['include-only-statuses'],
  'deploy stop-deployment': ['deployment-id'],
  'logs tail': ['follow', 'since'],
};
/** The part of an operation's schema that names the members of its input. */
type Operation = { readonly schema?: readonly [...unknown[], input: unknown, output: unknown] };

/** The AWS command line is made from the same models as the SDK: a command is an operation, an option a member. */
function objectionToAws([service = '', verb = '', ...args]: Words): string | undefined {
  if (service === 'sts') return undefined;
  const client = SERVICES[service] as Record<string, new (input: object) => Operation> | undefined;
  const Command = client?.[`${pascal(verb)}Command`];
  const named = FROM_REFERENCE[`${service} ${verb}`]?.map((option) => option.replaceAll('-', ''));
  if (!Command && !named) return `there is no aws ${service} ${verb}`;
  const members = named ?? (Command ? membersOf(new Command({})) : []).map((member) => member.toLowerCase());
  const unknown = args
    .filter((arg) => arg.startsWith('--'))
    .map((arg) => arg.slice(2))
    .filter((option) => !AWS_OPTIONS.includes(option))
    .filter((option) => !members.includes(option.replace(/^no-/, '').replaceAll('-', '')));
  if (unknown.length > 0) return `aws ${service} ${verb} takes no --${unknown[0]}`;
  const stack = args[args.indexOf('--stack-name') + 1];
  return args.includes('--stack-name') && !isStack(stack) ? `there is no stack ${stack}` : undefined;
}

function membersOf({ schema }: Operation): readonly string[] {
  const input = schema?.at(-2);
  const [, , , , members] = (typeof input === 'function' ? input() : input) as [
    unknown,
    unknown,
    unknown,
    unknown,
    string[],
  ];
  return members;
}

const isStack = (name = ''): boolean => stages.some((stage) => name === `ciba-${stage}`);
const pascal = (name: string) => name.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());

function refusalOf(parse: () => void): string | undefined {
  try {
    parse();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** What bash, or whoever would run a command, has against a script. */
function objectionsTo({ place, text }: Script): readonly string[] {
  const { commands, complaint } = dryRun(text);
  const objections = commands.flatMap((command) => objectionTo(command) ?? []);
  return [...(complaint === '' ? [] : [complaint]), ...objections].map((one) => `${place}: ${one}`);
}

describe('commands in the documents', () => {
  it.each(pages.filter((page) => scriptsIn(page).length > 0))('%s has only such as can be typed', (page) => {
    expect(scriptsIn(page).flatMap(objectionsTo)).toEqual([]);
  });

  it('and so have the workflows of examples/pipeline', () => {
    expect(scriptsOfWorkflows().length).toBeGreaterThan(10);
    expect(scriptsOfWorkflows().flatMap(objectionsTo)).toEqual([]);
  });

  it('and so has the help of ciba', () => {
    const commands = [...vocabulary.standalone, ...vocabulary.nouns.flatMap((noun) => noun.commands)];
    const examples = commands.flatMap((command) => command.examples);
    const scripts = examples.map((example) => ({ place: example, text: example.replace('ciba', 'npm run ciba --') }));
    expect(scripts.flatMap(objectionsTo)).toEqual([]);
  });
});

describe('the checks of this file', () => {
  it.each([
    ['npm run nothing', 'package.json has no script nothing'],
    ['npm run ciba -- client list --nope', 'There is no option --nope'],
    [
      'npm run ciba -- keys list && npm run ciba -- keys rotat',
      'There is no ciba keys rotat; did you mean ciba keys rotate?',
    ],
    ['npm run ciba -- keys rotate --stack ciba-staging', 'there is no stack ciba-staging'],
    ['npm start -- --port x', '--port must be a number from 0 to 65535'],
    ['npx node examples/nothing.ts', 'there is no file examples/nothing.ts'],
    ['npx node tutorial/nothing.ts', 'there is no file tutorial/nothing.ts'],
    ['npx cdk deploy -c stage=nowhere', 'there is no stage nowhere'],
    ['npx cdk deploy --revert-drif', 'cdk deploy with --revert-drif is nothing of ours'],
    ['curl -s $ISSUER.well-known/jwks', 'there is no route GET /.well-known/jwks'],
    ['curl -d a=b localhost:3000/tokens', 'there is no route POST /tokens'],
    ['curl -X PUT http://localhost:3000/admin/clients/shop', 'there is no route PUT /admin/clients/shop'],
    ['curl -G localhost:3000/token -d a=b', 'there is no route GET /token'],
    ['curl -X POST "localhost:3000/local/decid?a=b"', 'there is no route POST /local/decid'],
    ['curl --datta a=b localhost:3000/token', 'curl with --datta is nothing of ours'],
    ['curl -s', 'curl calls 0 addresses'],
    ['aws lambda invoke-all', 'there is no aws lambda invoke-all'],
    ['aws lambda invoke --function-nam x', 'aws lambda invoke takes no --function-nam'],
    ['X="$(aws nothing at-all --query "a b")"', 'there is no aws nothing at-all'],
  ])('%s is objected to', (text, objection) => {
    expect(objectionsTo({ place: 'made-up.md:1', text })).toEqual([`made-up.md:1: ${objection}`]);
  });

  it('a script that is no shell is objected to, by its line', () => {
    expect(objectionsTo({ place: 'made up', text: 'echo one\necho "two' })[0]).toContain('line 2');
  });
});
