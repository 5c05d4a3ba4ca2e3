import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

export type Engine = 'dynalite' | 'dynamodb-local';

/** The reasons to skip tests on a machine without Java or Chromium. With `CI=true` no test may be skipped. */
export const JAVA_REASON = 'DynamoDB Local is left out: there is no Java on this machine';
export const CHROMIUM_REASON = 'the browser test is left out: there is no Chromium on this machine';

/** Returns the DynamoDB engines of this machine. AWS's own is the second one, if there is Java. */
export function engines(): Engine[] {
  if (hasCommand('java')) return ['dynalite', 'dynamodb-local'];
  missing(JAVA_REASON);
  return ['dynalite'];
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

function hasCommand(command: string): boolean {
  try {
    execFileSync(command, ['-version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
