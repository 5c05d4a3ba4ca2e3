import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fetchDynamoDBLocal, isDynamoDBLocalFetched } from '../../local/aws/dynamodb-local.ts';
import { installEmulator, isEmulatorInstalled } from './emulator/installation.ts';

/**
 * A DynamoDB engine: a library, AWS's own for one machine, the one in the emulator of AWS that others wrote, and the one
 * in memory that `test/life/` runs on.
 */
export type Engine = 'dynalite' | 'dynamodb-local' | 'ministack' | 'memory';

/** The reasons to skip tests on a machine that lacks something. With `CI=true` no test may be skipped. */
const JAVA_REASON = 'DynamoDB Local is left out: there is no Java on this machine';
const JAR_REASON = 'DynamoDB Local is left out: it was not fetched yet, which npm test does';
const CURL_REASON = 'the curl commands of the documents are left out: there is no curl on this machine';
const JQ_REASON = 'the jq commands of the documents are left out: there is no jq on this machine';
const EMULATOR_REASON =
  'the emulator of AWS is left out: it was not installed yet, which npm run test:release does with Python 3.11 or newer';
const TERMINAL_REASON = 'what only a terminal shows is left out: there is no script of util-linux on this machine';
const CHROMIUM_REASON = 'the browser test is left out: there is no Chromium on this machine';

/**
 * The DynamoDB engines that tests run on. `npm test` has the first two, and the second needs Java. The project
 * `emulator` of `vitest.config.ts` has the third, which needs Python.
 */
export const ENGINES: readonly [Engine, ...Engine[]] =
  process.env['DYNAMODB_ENGINE'] === 'ministack' ? ['ministack'] : ['dynalite', 'dynamodb-local'];

/** Whether an engine can run on this machine. Prints the reason if it can not. */
export function canRun(engine: Engine): boolean {
  if (engine === 'dynalite' || engine === 'memory') return true;
  if (engine === 'ministack') return hasEmulator();
  const hasJava = hasCommand('java');
  const isThere = hasJava && isDynamoDBLocalFetched();
  if (!isThere) missing(hasJava ? JAR_REASON : JAVA_REASON);
  return isThere;
}

/** Fetches AWS's engine if it can run here. Prints the reason if that fails. */
export async function fetchEngines(): Promise<void> {
  if (hasCommand('java')) await fetchDynamoDBLocal().catch((error: Error) => console.warn(error.message));
}

/** Installs the emulator of AWS if it can run here. Prints the reason if that fails. */
export async function fetchEmulator(): Promise<void> {
  await installEmulator().catch(({ message }: Error) => console.warn(`the emulator of AWS: ${message}`));
}

/** Whether the emulator of AWS can run. Prints the reason if it can not. */
export function hasEmulator(): boolean {
  const isThere = isEmulatorInstalled();
  if (!isThere) missing(EMULATOR_REASON);
  return isThere;
}

/** Whether the curl commands of the pages can run. */
export function hasCurl(): boolean {
  const isThere = hasCommand('curl', '--version');
  if (!isThere) missing(CURL_REASON);
  return isThere;
}

/** Whether the jq commands of the pages can run. */
export function hasJq(): boolean {
  const isThere = hasCommand('jq', '--version');
  if (!isThere) missing(JQ_REASON);
  return isThere;
}

/** Whether completion can be tried in a shell. */
export function hasShell(shell: 'zsh' | 'fish'): boolean {
  const isThere = hasCommand(shell, '--version');
  if (!isThere) missing(`completion in ${shell} is left out: it is not on this machine`);
  return isThere;
}

/** Whether there is `script` of util-linux, which gives a program a terminal. Debian always has it. */
export function hasTerminals(): boolean {
  const { stdout } = spawnSync('script', ['--version'], { encoding: 'utf8' });
  const isThere = stdout?.includes('util-linux') === true;
  if (!isThere) missing(TERMINAL_REASON);
  return isThere;
}

/** Returns the path of Chromium, or undefined if the browser test must be skipped. */
export function chromium(): string | undefined {
  const found = [
    process.env['CHROMIUM'],
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
  ].find((path) => path !== undefined && existsSync(path));
  if (found === undefined) missing(CHROMIUM_REASON);
  return found;
}

function missing(reason: string): void {
  if (process.env['CI'] === 'true') throw new Error(`${reason}, and CI=true allows no skip`);
  console.warn(`SKIPPED: ${reason}`);
}

function hasCommand(command: string, asked = '-version'): boolean {
  try {
    execFileSync(command, [asked], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
