import type { OptionSpecs, OptionValues } from '../command-line/command.ts';
import { WrongUsage } from '../command-line/failure.ts';
import type { Say } from '../command-line/steps.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { type Credential, readCredential } from './credential.ts';
import { findSeededClient } from './seeded-clients.ts';

/** How a client proves who it is, as its developer gives it. */
export const CREDENTIAL_OPTIONS = {
  'key-file': {
    kind: 'text',
    value: 'FILE',
    about: 'Its private key, as a JWK or in PEM (private_key_jwt). ciba client create writes such a file.',
  },
  'secret-file': { kind: 'text', value: 'FILE', about: 'A file with its secret.' },
  secret: { kind: 'text', value: '-', about: 'Read its secret from standard input. Only - is accepted.' },
  'secret-in': {
    kind: 'text',
    of: ['basic', 'post'],
    about: 'Where the secret is sent: client_secret_basic, the default, or client_secret_post.',
  },
} as const satisfies OptionSpecs;

/** Which client a command speaks for, and how that client proves who it is. */
export const CLIENT_OPTIONS = {
  client: {
    kind: 'text',
    value: 'ID',
    completes: 'clients',
    about: 'The client that asks. Default on this machine: the client of the demo.',
  },
  ...CREDENTIAL_OPTIONS,
} as const satisfies OptionSpecs;

/** A client, and how it proves who it is. */
export type Asking = { readonly clientId: string; readonly credential: Credential };

/** Finds the client that asks. On this machine the provider tells the secrets of seeded clients. */
export async function clientOf(
  deployment: Deployment,
  options: OptionValues<typeof CLIENT_OPTIONS>,
  say: Say,
): Promise<Asking> {
  const credential = await readCredential(options);
  const { client: clientId } = options;
  if (clientId !== undefined && credential) return { clientId, credential };
  if (clientId === undefined && (credential || !deployment.isLocal)) throw new WrongUsage('--client is missing');
  const seeded = await findSeededClient(deployment, clientId);
  if (!seeded)
    throw new WrongUsage(
      clientId === undefined
        ? 'This provider has no seeded client with a secret: give --client, and --key-file or --secret-file'
        : 'Give the key or the secret of the client: --key-file, --secret-file or --secret -',
    );
  const about = clientId === undefined ? 'the client of the demo, because --client is not given' : 'a seeded client';
  say(`Client ${seeded.clientId}: ${about}. ${deployment.origin}/local/demo has its secret.`);
  return { clientId: seeded.clientId, credential: { method: `client_secret_${seeded.place}`, secret: seeded.secret } };
}
