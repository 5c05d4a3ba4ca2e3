import { type ChildProcess, spawn } from 'node:child_process';
import type { Command } from './languages.ts';

/** How a program ended, and what it printed. */
export type Ended = { readonly code: number | null; readonly out: string; readonly err: string };
/** A program that runs. */
export type ProgramRun = {
  readonly ended: Promise<Ended>;
  /** What it has printed so far. */
  printed(): { readonly out: string; readonly err: string };
  hasEnded(): boolean;
  /** Ends it. */
  stop(): Promise<Ended>;
};

const running = new Set<ChildProcess>();

/** Ends the programs that still run, because a test has failed. */
export function endPrograms(): void {
  for (const child of running) child.kill('SIGKILL');
}

/** Starts a program. It gets nothing of the environment of this process but the path and the home folder. */
export function runProgram({ program, args, env }: Command, own: Readonly<Record<string, string>>): ProgramRun {
  const child = spawn(program, args, {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...own, ...env },
  });
  running.add(child);
  const printed = { out: '', err: '' };
  child.stdout.on('data', (chunk) => (printed.out += chunk));
  child.stderr.on('data', (chunk) => (printed.err += chunk));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      running.delete(child);
      resolve({ code, ...printed });
    });
  });
  return {
    ended,
    printed: () => printed,
    hasEnded: () => child.exitCode !== null,
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}
