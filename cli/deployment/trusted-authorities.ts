import { authorityFolder, authorityPath } from '../../local/tls/authority-files.ts';
import { readCertificates } from '../../local/tls/certificate-file.ts';
import { WrongUsage } from '../command-line/failure.ts';
import type { Deployment } from './deployment.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Trusts authorities besides those of Node, in this process alone: those in the file of `--ca` or CIBA_CA, and for the
 * local runtime the one that `npm start -- --https` made for this user. That one can sign for this machine alone.
 */
export async function trustAuthorities(
  { isLocal }: Pick<Deployment, 'isLocal'>,
  typed: string | undefined,
  environment: Environment,
): Promise<void> {
  const named = typed ?? (environment['CIBA_CA'] || undefined);
  const certificates =
    named === undefined
      ? ownAuthority(isLocal, environment)
      : certificatesIn(named, typed === undefined ? 'CIBA_CA' : '--ca');
  if (certificates.length === 0) return;
  const { trustCertificates } = await import('../../local/runtime/trusted-certificates.ts');
  trustCertificates(certificates);
}

/** Reads the file of an option or a variable. Throws if it has no certificates. */
function certificatesIn(path: string, source: string): readonly string[] {
  const read = readCertificates(path);
  if ('wrong' in read) throw new WrongUsage(`${source} must name a file of certificates: ${read.wrong}`);
  return read.certificates;
}

/** The authority of this user, if there is one. A damaged file is left out: then nothing is trusted. */
function ownAuthority(isLocal: boolean, environment: Environment): readonly string[] {
  const read = isLocal ? readCertificates(authorityPath(authorityFolder(environment))) : undefined;
  return read && 'certificates' in read ? read.certificates : [];
}
