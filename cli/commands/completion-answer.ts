import { parseArgs } from 'node:util';
import * as v from 'valibot';
import type { Completed } from '../command-line/command.ts';
import { candidatesFor } from '../command-line/completion.ts';
import type { Globals } from '../command-line/globals.ts';
import { plainLine } from '../command-line/text-layout.ts';
import { AdminApi } from '../deployment/admin-api.ts';
import { LOCAL, readConfiguration } from '../deployment/contexts.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { findDeployment } from '../deployment/find-deployment.ts';
import { jsonFromProvider } from '../deployment/provider-call.ts';
import { vocabulary } from './registry.ts';

/** Somebody waits at the key, so a provider that takes longer counts as one without an answer. */
const PATIENCE_MILLISECONDS = 3_000;

/** The most users that are offered. */
const OFFERED = 50;

const demo = v.object({ users: v.array(v.object({ login_hint: v.string(), sub: v.string() })) });

/**
 * Answers `ciba __complete WORDS…`, which the completion scripts call: one candidate a line. If the provider cannot be
 * asked, it says nothing, because the shell would print it into the command line.
 */
export async function complete(words: readonly string[]): Promise<never> {
  const typed = words.at(-1) ?? '';
  const { words: known, ask } = candidatesFor(words, vocabulary);
  const asked = ask === undefined ? [] : await inTime(answerTo(ask, globalsIn(words), typed));
  const fitting = asked.map(plainLine).filter((word) => word.startsWith(typed));
  const lines = [...known, ...fitting];
  if (lines.length > 0) await new Promise((resolve) => process.stdout.write(`${lines.join('\n')}\n`, resolve));
  // A call that is still open would keep the process, and the shell, waiting.
  process.exit(0);
}

async function answerTo(what: Completed, globals: Globals, typed: string): Promise<readonly string[]> {
  if (what === 'contexts') return [LOCAL, ...Object.keys(readConfiguration(process.env).contexts)];
  const deployment = await findDeployment({}, globals);
  if (what === 'users') return users(deployment, typed);
  const api = new AdminApi(deployment);
  const { body } = await api.call('GET /admin/clients', { parameters: {} });
  return body.clients.map(({ client_id: id }) => id);
}

/**
 * Offers the subs that begin with what is typed, which the provider finds without reading others. The local runtime also
 * says by which names it made users. What can't be had is left out.
 */
async function users(deployment: Deployment, typed: string): Promise<readonly string[]> {
  const answers = await Promise.allSettled([
    listedUsers(deployment, typed),
    deployment.isLocal ? seededUsers(deployment) : [],
  ]);
  return [...new Set(answers.flatMap((one) => (one.status === 'fulfilled' ? one.value : [])))];
}

async function listedUsers(deployment: Deployment, typed: string): Promise<readonly string[]> {
  const body = { sub_prefix: typed, limit: OFFERED };
  const page = await new AdminApi(deployment).call('POST /admin/users/list', { parameters: {}, body });
  return page.body.users.map(({ sub }) => sub);
}

async function seededUsers(deployment: Deployment): Promise<readonly string[]> {
  const seeded = v.parse(demo, JSON.parse(await jsonFromProvider(deployment, '/local/demo')));
  return seeded.users.flatMap(({ login_hint: hint, sub }) => [hint, sub]);
}

function inTime(answer: Promise<readonly string[]>): Promise<readonly string[]> {
  const nothing = new Promise<readonly string[]>((resolve) => setTimeout(resolve, PATIENCE_MILLISECONDS, []).unref());
  return Promise.race([answer, nothing]).catch(() => []);
}

/** Reads the options that name the deployment, and lets everything else pass. */
function globalsIn(words: readonly string[]): Globals {
  const text = { type: 'string' } as const;
  const options = { url: text, stack: text, context: text, region: text, profile: text };
  const { values } = parseArgs({ args: words.slice(0, -1), options, strict: false, allowPositionals: true });
  const textOf = (name: keyof typeof options) => {
    const value = values[name];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    url: textOf('url'),
    stack: textOf('stack'),
    context: textOf('context'),
    region: textOf('region'),
    profile: textOf('profile'),
    ca: undefined,
    json: false,
  };
}
