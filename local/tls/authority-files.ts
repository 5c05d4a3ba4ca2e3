import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { StartError, systemCodeOf } from '../runtime/start-error.ts';
import { type AuthorityKeys, makeAuthority, SERVER_DAYS } from './authority.ts';

/** The certificate alone: what others trust. */
const CERTIFICATE_FILE = 'authority.pem';
/** The private key, and the certificate behind it. Both are in one file, so that none is ever there without the other. */
const KEY_FILE = 'authority-key.pem';
const SHORTEST_REST_MILLISECONDS = 2 * SERVER_DAYS * 86_400_000;

type Environment = Readonly<Record<string, string | undefined>>;

/** The authority of this machine's user. */
export type Authority = {
  readonly keys: AuthorityKeys;
  /** The file with its certificate in PEM, which others are told to trust. */
  readonly path: string;
  /** Whether it was made just now. Then nobody trusts it yet. */
  readonly isNew: boolean;
};

/** Returns the folder of the authority: one for each user, so that it is trusted once for all data folders. */
export function authorityFolder(environment: Environment, platform: NodeJS.Platform = process.platform): string {
  return join(dataHome(environment, platform), 'serverless-ciba');
}

function dataHome(environment: Environment, platform: NodeJS.Platform): string {
  if (environment['XDG_DATA_HOME']) return environment['XDG_DATA_HOME'];
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support');
  if (platform === 'win32') return environment['LOCALAPPDATA'] || join(homedir(), 'AppData', 'Local');
  return join(homedir(), '.local', 'share');
}

/** Returns the file with the certificate of the authority in a folder. */
export function authorityPath(folder: string): string {
  return join(folder, CERTIFICATE_FILE);
}

/** Opens the authority in a folder. One that is missing, or ends soon, is made anew. Throws if its files can't be used. */
export async function openAuthority(folder: string, now: Date = new Date()): Promise<Authority> {
  const keyFile = join(folder, KEY_FILE);
  const kept = await readKept(keyFile);
  const isKept = kept !== undefined && endOf(kept) - now.getTime() > SHORTEST_REST_MILLISECONDS;
  if (kept && !isKept) await rm(keyFile);
  const keys = isKept ? kept : await keep(await makeAuthority(now), folder);
  const path = authorityPath(folder);
  if ((await readIfThere(path)) !== keys.certificate) await replace(path, keys.certificate, 0o644);
  return { keys, path, isNew: !isKept };
}

/** Reads what an earlier start kept. Undefined if there is nothing. */
async function readKept(keyFile: string): Promise<AuthorityKeys | undefined> {
  const text = await readIfThere(keyFile);
  if (text === undefined) return undefined;
  await checkAccess(keyFile);
  try {
    const key = createPrivateKey(text);
    const certificate = new X509Certificate(text.slice(text.indexOf('-----BEGIN CERTIFICATE-----')));
    if (!certificate.ca || !certificate.checkPrivateKey(key)) throw new Error('they do not fit');
    return { name: certificate.subject.replace(/^CN=/, ''), certificate: certificate.toString(), key };
  } catch {
    throw new StartError(
      `${keyFile} has no authority: delete it, and the next start makes one, which nobody trusts yet`,
    );
  }
}

/** Refuses a key that other users of the machine could have read: they could make certificates that are trusted here. */
async function checkAccess(keyFile: string): Promise<void> {
  if (process.platform === 'win32') return;
  const { mode } = await stat(keyFile);
  if ((mode & 0o077) !== 0)
    throw new StartError(
      `${keyFile} can be read by other users: delete it, and no longer trust its authority (docs/local.md)`,
    );
}

/** Stores a new authority, unless another process has stored one at the same time. Then that one is returned. */
async function keep(made: AuthorityKeys, folder: string): Promise<AuthorityKeys> {
  const keyFile = join(folder, KEY_FILE);
  const draft = `${keyFile}.${randomBytes(8).toString('hex')}`;
  const key = made.key.export({ type: 'pkcs8', format: 'pem' }).toString();
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(draft, key + made.certificate, { mode: 0o600, flag: 'wx' });
    // Unlike a renaming, a link never replaces a file that is there.
    await link(draft, keyFile);
    return made;
  } catch (error) {
    const code = systemCodeOf(error) ?? 'unknown';
    const other = code === 'EEXIST' ? await readKept(keyFile) : undefined;
    if (other) return other;
    throw new StartError(`${folder} cannot keep the authority of --https: ${code}`);
  } finally {
    await rm(draft, { force: true });
  }
}

async function replace(path: string, content: string, mode: number): Promise<void> {
  const draft = `${path}.${randomBytes(8).toString('hex')}`;
  await writeFile(draft, content, { mode, flag: 'wx' });
  await rename(draft, path);
}

function readIfThere(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch((error: unknown) => {
    if (systemCodeOf(error) === 'ENOENT') return undefined;
    throw new StartError(`${path} cannot be read: ${systemCodeOf(error) ?? 'unknown'}`);
  });
}

function endOf({ certificate }: AuthorityKeys): number {
  return Date.parse(new X509Certificate(certificate).validTo);
}
