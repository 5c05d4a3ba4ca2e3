import { type ChildProcess, spawn } from 'node:child_process';
import { basic, type TestClient } from './world.ts';

// `npm start` and `npm run demo` in processes of their own, as a user runs them.

/** A provider that `npm start` has made ready. */
export type Started = { readonly url: string; readonly process: ChildProcess; readonly output: () => string };
const running: ChildProcess[] = [];

/** Ends all that a file has started. */
export async function stopAll(): Promise<void> {
  await Promise.all(running.splice(0).map(stop));
}

/** `npm start` as a user runs it, until it is ready or has ended. */
export function start(...args: string[]): Promise<Started> {
  return startWith({}, ...args);
}

/** The same with more variables in its environment. */
export async function startWith(env: Readonly<Record<string, string>>, ...args: string[]): Promise<Started> {
  const child = spawn(process.execPath, ['--import', './local/check-node.mjs', 'local/start.ts', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  running.push(child);
  let output = '';
  return new Promise((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk;
      const url = /^ready (https?:\S+)$/m.exec(output)?.[1];
      if (url && output.includes('Each call')) resolve({ url, process: child, output: () => output });
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('close', (code) => reject(new Error(`exit ${code}: ${output}`)));
  });
}

/** Ends one. */
export function stop(child: ChildProcess): Promise<unknown> {
  if (child.exitCode !== null) return Promise.resolve();
  const ended = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGTERM');
  return ended;
}

/** `npm run demo` until it ends. */
export const demo = (...args: string[]): Promise<{ code: number | null; output: string }> => demoWith({}, ...args);

/** The same with more variables in its environment. */
export const demoWith = (
  env: Readonly<Record<string, string>>,
  ...args: string[]
): Promise<{ code: number | null; output: string }> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, ['--import', './local/check-node.mjs', 'local/demo/demo.ts', ...args], {
      env: { ...process.env, ...env },
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.once('close', (code) => resolve({ code, output }));
  });

/** Reads JSON over HTTP. */
export const json = async (url: string, init?: RequestInit) =>
  (await (await fetch(url, init)).json()) as Record<string, never>;
/** Asks the user of the demo, decides for them, and returns 200, or the error of the token endpoint. */
export async function login(url: string, action: string): Promise<number | string> {
  const told = (await json(`${url}/local/demo`)) as unknown as TestClient & { login_hint: string };
  const post = (path: string, form: Record<string, string>) =>
    json(url + path, { method: 'POST', headers: { authorization: basic(told) }, body: new URLSearchParams(form) });
  const { auth_req_id } = await post('/bc-authorize', { scope: 'openid', login_hint: told.login_hint });
  await fetch(`${url}/local/decide?auth_req_id=${auth_req_id}&action=${action}`, { method: 'POST' });
  const tokens = await post('/token', {
    grant_type: 'urn:openid:params:grant-type:ciba',
    auth_req_id: auth_req_id ?? '',
  });
  return tokens['error'] ?? (tokens['id_token'] ? 200 : 0);
}
