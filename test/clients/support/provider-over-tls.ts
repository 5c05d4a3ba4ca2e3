import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { makeServerCertificate } from '../../../local/tls/authority.ts';
import { World } from '../../support/world.ts';

/** A provider that clients reach over TLS. */
export type ProviderOverTls = {
  readonly world: World;
  /** The file of the authority's certificate, which clients have to trust. */
  readonly authorityFile: string;
  /** A certificate and a key for a notification endpoint on `localhost`, which the provider trusts. */
  readonly endpoint: { readonly CERT: string; readonly KEY: string };
  /** From now on the ID tokens of this client name another user, and have the signature that they had before. */
  forge(clientId: string): void;
  close(): Promise<void>;
};

/**
 * Starts a provider over TLS, with an authority of its own, as `npm start -- --https` does. Its clock runs, because the
 * libraries wait for real. Polls may come every second, and a request lives for 30 seconds.
 */
export async function startProviderOverTls(): Promise<ProviderOverTls> {
  const folder = mkdtempSync(join(tmpdir(), 'ciba-clients-'));
  const limits = { perUser: 'off', perClient: 'off', unknownUsers: 'off', denialPause: 'off' };
  const world = await World.start({
    https: { port: 0, authority: folder },
    variables: { REQUEST_LIMITS: JSON.stringify({ ...limits, interval: 1, defaultExpiry: 30 }) },
    clock: 'running',
  });
  const authority = world.runtime.secure?.authority;
  if (authority === undefined) throw new Error('the provider has no TLS');
  const { keys, path: authorityFile } = authority;
  await world.runtime.trust(keys.certificate);
  const { cert, key } = await makeServerCertificate(keys, ['localhost'], new Date());
  const keep = (name: string, text: string) => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  return {
    world,
    authorityFile,
    endpoint: { CERT: keep('endpoint.pem', cert), KEY: keep('endpoint-key.pem', key) },
    forge: forger(world),
    close: async () => {
      await world.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function forger({ runtime: { gateway, host } }: World): ProviderOverTls['forge'] {
  const clients = new Set<unknown>();
  const invoke: typeof host.invoke = async (name, ...rest) => {
    const answer = await host.invoke(name, ...rest);
    return name === 'token' ? forged(answer, clients) : answer;
  };
  gateway.host = Object.assign(Object.create(host), { invoke });
  return (clientId) => clients.add(clientId);
}

function forged(answer: unknown, clients: ReadonlySet<unknown>): unknown {
  const { body = '{}' } = answer as { body?: string };
  const tokens = JSON.parse(body) as { id_token?: string };
  if (tokens.id_token === undefined || !clients.has(decodeJwt(tokens.id_token).aud)) return answer;
  const [header, , signature] = tokens.id_token.split('.');
  const claims = JSON.stringify({ ...decodeJwt(tokens.id_token), name: 'Mallory' });
  const id_token = [header, Buffer.from(claims).toString('base64url'), signature].join('.');
  return { ...(answer as object), body: JSON.stringify({ ...tokens, id_token }) };
}
