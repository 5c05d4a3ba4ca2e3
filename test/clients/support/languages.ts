import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
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
  /** Compiles a program in that folder. */
  compile?(file: string, folder: string): Promise<void>;
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

/** Installs what `requirements.txt` in a folder of `test/clients/` pins. Returns a copy of the folder, with its `venv`. */
export function installRequirements(folder: string): Promise<string> {
  return installed(folder, async (work) => {
    await runInstaller((await findPython()) ?? '', ['-m', 'venv', 'venv'], work);
    const options = ['--quiet', '--disable-pip-version-check', '--require-hashes', '--only-binary', ':all:'];
    await runInstaller('venv/bin/python', ['-m', 'pip', 'install', ...options, '-r', 'requirements.txt'], work);
  });
}

const python: Language = {
  isRequired: true,
  lacks: async () => ((await findPython()) === undefined ? 'Python 3.11 or newer with venv' : undefined),
  install: () => installRequirements('python'),
  command: (path, authorityFile) => ({
    program: join(path, '../venv/bin/python'),
    args: [path],
    env: { REQUESTS_CA_BUNDLE: authorityFile, SSL_CERT_FILE: authorityFile },
  }),
};

const shell: Language = {
  isRequired: true,
  lacks: async () => lacking(['curl', 'jq']),
  install: async () => mkdtempSync(join(tmpdir(), 'ciba-shell-')),
  command: (path, authorityFile) => ({ program: 'bash', args: [path], env: { CURL_CA_BUNDLE: authorityFile } }),
};

const go: Language = {
  isRequired: false,
  lacks: async () => lacking(['go']),
  install: () => installed('go', (work) => runInstaller('go', ['mod', 'download'], work)),
  compile: (file, folder) => runInstaller('go', ['build', '-mod=readonly', '-o', `${file}.bin`, file], folder),
  command: (path, authorityFile) => ({ program: `${path}.bin`, args: [], env: { SSL_CERT_FILE: authorityFile } }),
};

const COPY_JARS = 'org.apache.maven.plugins:maven-dependency-plugin:2.8:copy-dependencies';
/** Java reads a store of its own format, and no PEM. The password protects nothing here. */
const STORE = ['-storetype', 'PKCS12', '-storepass', 'changeit'];

const java: Language = {
  isRequired: false,
  lacks: async () => lacking(['javac', 'keytool', 'mvn']),
  install: () =>
    installed('java', (work) => runInstaller('mvn', ['-B', '-q', COPY_JARS, '-DoutputDirectory=lib'], work)),
  compile: (file, folder) => runInstaller('javac', ['-cp', 'lib/*', '-d', 'classes', file], folder),
  command: (path, authorityFile) => {
    const store = `${authorityFile}.p12`;
    if (!existsSync(store))
      execFileSync('keytool', ['-importcert', '-noprompt', '-file', authorityFile, '-keystore', store, ...STORE], {
        stdio: 'ignore',
      });
    const folder = join(path, '..');
    return {
      program: 'java',
      args: [
        `-Djavax.net.ssl.trustStore=${store}`,
        '-Djavax.net.ssl.trustStorePassword=changeit',
        '-cp',
        `${folder}/classes:${folder}/lib/*`,
        basename(path, '.java'),
      ],
      env: {},
    };
  },
};

/** Debian's packages of libiddawc, with what they need that is not on every Debian. They are unpacked, and not installed. */
const DEBIAN_PACKAGES = [
  ...['libiddawc1.1', 'libiddawc-dev', 'librhonabwy1.1', 'librhonabwy-dev', 'libulfius2.7', 'libulfius-dev'],
  ...['liborcania2.3', 'liborcania-dev', 'libyder2.0', 'libyder-dev', 'libmicrohttpd12', 'libmicrohttpd-dev'],
  ...['libjansson4', 'libjansson-dev'],
];
const LIBRARIES = 'root/usr/lib/x86_64-linux-gnu';
/** libcurl of Debian reads no other file of authorities. So the program gets a view of the file system of its own. */
const OWN_AUTHORITIES = 'mount --bind "$1" /etc/ssl/certs/ca-certificates.crt && exec "$2"';

const c: Language = {
  isRequired: false,
  lacks: async () => {
    const program = lacking(['gcc', 'apt-get', 'dpkg']);
    if (program !== undefined) return program;
    const canMount = spawnSync('unshare', ['--map-root-user', '--mount', 'true']).status === 0;
    return canMount ? undefined : 'a file system of its own for a program (unshare)';
  },
  install: () =>
    installed('c', async (work) => {
      await runInstaller('apt-get', ['download', ...DEBIAN_PACKAGES], work);
      for (const file of globSync('*.deb', { cwd: work })) await runInstaller('dpkg', ['-x', file, 'root'], work);
    }),
  compile: (file, folder) => {
    const paths = ['-Iroot/usr/include', `-L${LIBRARIES}`, `-Wl,-rpath-link,${LIBRARIES}`];
    return runInstaller(
      'gcc',
      ['-Wall', '-Werror', ...paths, '-o', `${file}.bin`, file, '-liddawc', '-ljansson'],
      folder,
    );
  },
  command: (path, authorityFile) => ({
    program: 'unshare',
    args: ['--map-root-user', '--mount', 'sh', '-c', OWN_AUTHORITIES, 'sh', authorityFile, `${path}.bin`],
    env: { LD_LIBRARY_PATH: join(path, '..', LIBRARIES) },
  }),
};

/** The languages, by the endings of their files. */
const LANGUAGES: Readonly<Record<string, Language>> = {
  mjs: javascript,
  py: python,
  sh: shell,
  go,
  java,
  c,
};

/** Returns the language of a program's file. */
export function languageOf(file: string): Language {
  const ending = file.split('.').at(-1) ?? '';
  const language = LANGUAGES[ending];
  if (language === undefined) throw new Error(`no language has files that end in .${ending}`);
  return language;
}

/** Saves a program where it finds its libraries, and compiles it. */
export async function commandOf({ file, text }: PageProgram, authorityFile: string): Promise<Command> {
  const language = languageOf(file);
  const folder = await language.install();
  writeFileSync(join(folder, file), text);
  await language.compile?.(file, folder);
  return language.command(join(folder, file), authorityFile);
}

/** Returns the first of these commands that this machine lacks; undefined if it has all. */
function lacking(commands: readonly string[]): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return commands.find((command) => !folders.some((folder) => existsSync(join(folder, command))));
}
