import { setTimeout as pause } from 'node:timers/promises';
import * as v from 'valibot';
import { txnOf } from '../../provider/core/digest.ts';
import { Refused } from '../command-line/failure.ts';
import { isJsonObject, parseJsonObject } from '../command-line/json-object.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { noAnswer } from '../deployment/provider-answer.ts';
import { ASKING_ROUTE, type LogEntry, readEntry, textIn } from './log-entry.ts';
import type { Following, LoginName, LogSource } from './log-source.ts';

/** The runtime sends a sign of life every 5 seconds. */
const SILENCE_MILLISECONDS = 15_000;
const PAUSE_MILLISECONDS = 1_000;
/** The code of the error while the local provider makes its clients and users. */
const STARTING = 'starting';
const FORGETFUL = 'The local runtime keeps the last 5,000 lines, and none of an earlier start.';

const loggedLine = v.object({
  run: v.string(),
  number: v.number(),
  at: v.number(),
  function: v.string(),
  line: v.string(),
});
type LoggedLine = v.InferOutput<typeof loggedLine>;
/** Where in the log of the runtime a reader is. */
type Position = { readonly run?: string; readonly after?: number; readonly since?: number };

/** The log of the local runtime. */
export function localLog(deployment: Deployment): LogSource {
  return {
    follow: (following) => followLocally(deployment, following),
    async search(names, since) {
      const all = await readLocalLines(deployment, since);
      const login = names.find((name) => all.some((entry) => isAbout(entry, name))) ?? names[0];
      const entries = all.filter((entry) => isAbout(entry, login));
      const pushes = entries.flatMap((entry) => textIn(entry, 'push_ids')?.split(' ') ?? []);
      const reports = all.filter((entry) => pushes.includes(textIn(entry, 'correlation_id') ?? ''));
      const isWhole = entries.some((entry) => textIn(entry, 'route') === ASKING_ROUTE);
      return { login, entries: [...entries, ...reports], missing: isWhole ? [] : [FORGETFUL] };
    },
  };
}

/** Reads the lines that the local runtime keeps, since an instant in epoch milliseconds. */
export async function readLocalLines(deployment: Deployment, since: number): Promise<readonly LogEntry[]> {
  const all: LogEntry[] = [];
  try {
    for await (const logged of linesOf(await open(deployment, { since }))) all.push(readEntry(logged));
  } catch (error) {
    throw error instanceof Refused ? error : noAnswer(error, deployment);
  }
  return all;
}

async function* followLocally(deployment: Deployment, following: Following): AsyncGenerator<readonly LogEntry[]> {
  const { functions, over, say } = following;
  let position: Position = { since: following.since };
  let isLost = false;
  let wasConnected = false;
  while (!over.aborted) {
    try {
      const response = await open(deployment, position, over);
      if (isLost) say(`Connected to ${deployment.origin} again.`);
      isLost = false;
      wasConnected = true;
      for await (const logged of linesOf(response, over)) {
        position = { run: logged.run, after: logged.number, since: logged.at };
        if (functions.length === 0 || functions.includes(logged.function)) yield [readEntry(logged)];
      }
    } catch (error) {
      if (over.aborted) return;
      if (!wasConnected && !isStarting(error)) throw error instanceof Refused ? error : noAnswer(error, deployment);
    }
    if (over.aborted) return;
    const trouble = wasConnected
      ? `The connection to ${deployment.origin} is lost.`
      : `${deployment.origin} is starting.`;
    if (!isLost) say(`${trouble} Trying again.`);
    isLost = true;
    await pause(PAUSE_MILLISECONDS, undefined, { signal: over }).catch(() => undefined);
  }
}

async function open({ origin }: Deployment, position: Position, over?: AbortSignal): Promise<Response> {
  const url = new URL('/local/log', origin);
  for (const [name, value] of Object.entries(position)) url.searchParams.set(name, String(value));
  if (over) url.searchParams.set('follow', 'true');
  const response = await fetch(url, { redirect: 'manual', ...(over && { signal: over }) });
  if (response.ok && response.headers.get('content-type') === 'application/x-ndjson') return response;
  await response.body?.cancel();
  if (response.status === 503)
    throw new Refused(`${origin} is starting.`, 'Run the command again in some seconds.', STARTING);
  throw new Refused(`${origin} offers no log of its functions.`, 'Start this version of the local provider: ciba up.');
}

/** Whether the local provider is there, and still makes its clients and users. */
function isStarting(error: unknown): boolean {
  return error instanceof Refused && error.code === STARTING;
}

/** Reads the lines of an answer. With a signal it ends when nothing comes for long, not even a sign of life. */
async function* linesOf(response: Response, over?: AbortSignal): AsyncGenerator<LoggedLine> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  try {
    for (;;) {
      const silence = over && AbortSignal.timeout(SILENCE_MILLISECONDS);
      const { done, value } = (await untilAborted(reader?.read(), silence)) ?? { done: true, value: undefined };
      if (done) return;
      const lines = (rest + value).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const logged = v.safeParse(loggedLine, parseJsonObject(line));
        if (logged.success) yield logged.output;
      }
    }
  } finally {
    await reader?.cancel().catch(() => undefined);
  }
}

/** Waits for a result, or returns undefined when the signal comes first. */
async function untilAborted<Result>(
  result: Promise<Result> | undefined,
  signal: AbortSignal | undefined,
): Promise<Result | undefined> {
  if (!signal) return result;
  const aborted = new Promise<undefined>((resolve) =>
    signal.addEventListener('abort', () => resolve(undefined), { once: true }),
  );
  return Promise.race([result, aborted]);
}

/** Whether a line is about a login. Audit lines have the request id, of which `txn` is a hash. */
function isAbout(entry: LogEntry, { txn }: LoginName): boolean {
  const audit = entry.members?.['audit'];
  const requestId = isJsonObject(audit) ? audit['requestId'] : undefined;
  return textIn(entry, 'txn') === txn || (typeof requestId === 'string' && txnOf(requestId) === txn);
}
