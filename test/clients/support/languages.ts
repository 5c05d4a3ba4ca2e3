import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPython } from '../../support/emulator/installation.ts';
import { installed, runInstaller } from './installation.ts';
import type { PageProgram } from './page-programs.ts';

/** What runs a program, and the environment in which it trusts an authority. */
export type Command = {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
};

/** A language of the page's programs. */
export type Language = {
  /** Whether each machine that runs the release tests must have it. Without others, their programs are not run. */
  readonly isRequired: boolean;
  /** Returns what this machine lacks for it; undefined if nothing. */
  lacks(): Promise<string | undefined>;
  /** Installs the libraries. Returns the folder in which programs find them. */
  install(): Promise<string>;
  /** Makes a program of that folder a command that trusts the authority in a file. */
  command(path: string, authorityFile: string): Command;
};

const javascript: Language = {
  isRequired: true,
  lacks: async () => undefined,
  install: () =>
    installed('javascript', (work) => runInstaller('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], work)),
  command: (path, authorityFile) => ({
    program: process.execPath,
    args: [path],
    env: { NODE_EXTRA_CA_CERTS: authorityFile },
  }),
};

const python: Language = {
  isRequired: true,
  lacks: async () => ((await findPython()) === undefined ? 'Python 3.11 or newer with venv' : undefined),
  install: () =>
    installed('python', async (work) => {
      await runInstaller((await findPython()) ?? '', ['-m', 'venv', 'venv'], work);
      const options = ['--quiet', '--disable-pip-version-check', '--require-hashes', '--only-binary', ':all:'];
      await runInstaller('venv/bin/python', ['-m', 'pip', 'install', ...options, '-r', 'requirements.txt'], work);
    }),
  command: (path, authorityFile) => ({
    program: join(path, '../venv/bin/python'),
    args: [path],
    env: { REQUESTS_CA_BUNDLE: authorityFile, SSL_CERT_FILE: authorityFile },
  }),
};

const shell: Language = {
  isRequired: true,
  lacks: async () => ['curl', 'jq'].find((command) => !hasCommand(command)),
  install: async () => mkdtempSync(join(tmpdir(), 'ciba-shell-')),
  command: (path, authorityFile) => ({ program: 'bash', args: [path], env: { CURL_CA_BUNDLE: authorityFile } }),
};

/** The languages, by the endings of their files. */
const LANGUAGES: Readonly<Record<string, Language>> = { mjs: javascript, py: python, sh: shell };

/** Returns the language of a program's file. */
export function languageOf(file: string): Language {
  const ending = file.split('.').at(-1) ?? '';
  const language = LANGUAGES[ending];
  if (language === undefined) throw new Error(`no language has files that end in .${ending}`);
  return language;
}

/** Saves a program where it finds its libraries. */
export async function commandOf({ file, text }: PageProgram, authorityFile: string): Promise<Command> {
  const language = languageOf(file);
  const path = join(await language.install(), file);
  writeFileSync(path, text);
  return language.command(path, authorityFile);
}

function hasCommand(command: string): boolean {
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
