import { toned } from '../command-line/colour.ts';
import { command, type Noun } from '../command-line/command.ts';
import { Refused, WrongUsage } from '../command-line/failure.ts';
import type { Globals } from '../command-line/globals.ts';
import { fieldList, plainLine, quoted, table } from '../command-line/text-layout.ts';
import {
  type Configuration,
  type Context,
  configurationPath,
  findContext,
  LOCAL,
  readConfiguration,
  writeConfiguration,
} from '../deployment/contexts.ts';
import { readStack } from '../deployment/deployed-stack.ts';
import { LOCAL_URL, readDeployment, readOrigin } from '../deployment/deployment.ts';
import { issuerOf } from '../deployment/find-deployment.ts';

const NAME_ARGUMENT = { name: 'name', about: 'The name of the context.', completes: 'contexts' } as const;

const add = command({
  name: 'add',
  about: 'Names a deployment, by --url, --stack or both. Replaces nothing.',
  notes:
    'With --stack alone, the URL is read from the outputs of the stack, once. The context also keeps --region and --profile. The file holds no secrets, and only you can read it.',
  needs: 'nothing',
  arguments: [{ name: 'name', about: 'A name of your choice: letters, digits, dots, dashes and underscores.' }],
  options: {},
  examples: [
    'ciba context add production --url https://login.example.com --stack ciba-production --region eu-central-1',
    'ciba context add main --stack ciba-main --profile main',
  ],
  async run({ argument: { name }, globals }) {
    if (!/^[A-Za-z0-9][\w.-]{0,63}$/.test(name))
      throw new WrongUsage(`${quoted(name)} must be up to 64 letters, digits, dots, dashes and underscores`);
    const before = readConfiguration(process.env);
    if (name === LOCAL || Object.hasOwn(before.contexts, name))
      throw new Refused(
        `There is a context ${quoted(name)} already.`,
        name === LOCAL ? 'Choose another name.' : `To replace it, remove it first: ciba context remove ${name}.`,
      );
    const added = await contextFrom(globals);
    writeConfiguration(process.env, { ...before, contexts: { ...before.contexts, [name]: added } });
    const text = `Context ${name} added.\n\n${describe(name, added)}\n\nTo use it from now on: ciba context use ${name}`;
    return { json: jsonOf(name, added), text };
  },
});

const use = command({
  name: 'use',
  about: 'Makes a context the one that commands mean from now on.',
  needs: 'nothing',
  arguments: [NAME_ARGUMENT],
  options: {},
  examples: ['ciba context use production', 'ciba context use local'],
  async run({ argument: { name } }) {
    const before = readConfiguration(process.env);
    const found = findContext(before, name);
    writeConfiguration(process.env, { ...before, current: name });
    return { json: jsonOf(name, found), text: `Commands now mean ${name}: ${urlOf(found)}`, notes: overridden() };
  },
});

const list = command({
  name: 'list',
  about: 'Lists all contexts. The one in use has a *.',
  needs: 'nothing',
  arguments: [],
  options: {},
  examples: ['ciba context list'],
  async run() {
    const { current, contexts } = readConfiguration(process.env);
    const named: (readonly [string, Context | undefined])[] = [[LOCAL, undefined], ...Object.entries(contexts)];
    const rows = named.map(([name, found]) => [
      name === current ? toned('good', '*') : '',
      name,
      urlOf(found),
      found?.stack,
      found?.region,
      found?.profile,
    ]);
    const members = named.map(([name, found]) => ({ name, ...(found ?? { url: urlOf(found) }) }));
    return {
      json: JSON.stringify({ current, contexts: members }),
      text: table(['', 'NAME', 'URL', 'STACK', 'REGION', 'PROFILE'], rows),
      notes: overridden(),
    };
  },
});

const remove = command({
  name: 'remove',
  about: 'Forgets a context. The deployment stays as it is.',
  needs: 'nothing',
  arguments: [NAME_ARGUMENT],
  options: {},
  examples: ['ciba context remove main'],
  async run({ argument: { name } }) {
    const before = readConfiguration(process.env);
    if (!findContext(before, name)) throw new Refused(`${LOCAL} is always there.`, 'Remove another context.');
    const { [name]: _, ...contexts } = before.contexts;
    const current = before.current === name ? LOCAL : before.current;
    writeConfiguration(process.env, { current, contexts } satisfies Configuration);
    const now = current === before.current ? '' : ` Commands now mean ${LOCAL}.`;
    return { json: '', text: `Context ${name} removed.${now}` };
  },
});

const show = command({
  name: 'show',
  about: 'Shows which deployment commands mean now, and why.',
  notes: 'With --url, --stack or --context it shows which deployment a command with that option means.',
  needs: 'nothing',
  arguments: [],
  options: {},
  examples: ['ciba context show', 'ciba context show --context production'],
  async run({ globals }) {
    const { context, origin, urlFrom, stack, region, profile } = readDeployment(globals, process.env);
    const url = urlFrom === '--stack' ? 'in the outputs of the stack' : origin;
    const from = urlFrom === 'context' || urlFrom === undefined ? 'the context' : urlFrom;
    const shown = {
      context,
      url,
      stack: stack?.name,
      region,
      profile,
      named_by: from,
      file: configurationPath(process.env),
    };
    return { json: JSON.stringify(shown), text: fieldList(shown) };
  },
});

/** `ciba context …` */
export const contextNoun: Noun = {
  name: 'context',
  about: 'Named deployments.',
  commands: [add, use, list, remove, show],
};

/** Makes a context of the options. A URL that is not given is read from the stack. */
async function contextFrom({ url, stack, region, profile }: Globals): Promise<Context> {
  const more = {
    ...(stack !== undefined && { stack }),
    ...(profile !== undefined && { profile }),
  };
  if (url !== undefined)
    return { url: readOrigin(url, '--url').origin, ...more, ...(region !== undefined && { region }) };
  if (stack === undefined) throw new WrongUsage('Name the deployment: give --url, --stack or both');
  const read = await readStack(stack, readDeployment({ stack, region, profile }, {}));
  return { url: readOrigin(issuerOf(read), 'The output Issuer').origin, ...more, region: read.region };
}

function urlOf(found: Context | undefined): string {
  return found?.url ?? (process.env['CIBA_URL'] || LOCAL_URL);
}

function describe(name: string, found: Context | undefined): string {
  const { stack, region, profile } = found ?? {};
  return fieldList({ context: name, url: urlOf(found), stack, region, profile });
}

function jsonOf(name: string, found: Context | undefined): string {
  return JSON.stringify({ name, ...(found ?? { url: urlOf(found) }) });
}

/** Warns where the environment counts before the context in use. */
function overridden(): readonly string[] {
  const set = process.env['CIBA_URL'];
  return set ? [`CIBA_URL is set, and counts before the context in use: ${plainLine(set)}`] : [];
}
