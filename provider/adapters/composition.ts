import { STANDARD_PROFILE } from '../core/client/profile.ts';
import type { UserCodeHashes } from '../flows/person/ports.ts';
import type { AuditTrail, RemoteKeySets } from '../flows/ports.ts';
import { clock } from './clock.ts';
import { readNotificationNetworks, readResources } from './config.ts';
import { ClientsTable } from './dynamodb/clients-table.ts';
import { LogLevelsTable } from './dynamodb/log-levels-table.ts';
import { ReplaysTable } from './dynamodb/replays-table.ts';
import type { Table } from './dynamodb/table.ts';
import { entropy } from './entropy.ts';
import { joseVerifier } from './jose/jose-verifier.ts';
import { type AuditStore, createAuditTrail, createLog, type Log, logAwsCall } from './log.ts';
import { readLogLevelFrom } from './log-level.ts';
import { readSettings } from './settings.ts';

// What several functions share in their `wiring.ts`.

/** A function's ports, with the log for its requests. */
export type Wired<Ports> = { readonly ports: Ports; readonly log: Log };

/** Makes the log of a function. `service` is the name of its folder. */
export function logOf(service: string): Log {
  const { metricsNamespace, shieldedName } = readResources();
  return createLog(service, metricsNamespace, { shieldedName });
}

/** Makes a function follow the log level that operators set. */
export function followLogLevel(service: string, directory: Table): void {
  const levels = new LogLevelsTable(directory);
  readLogLevelFrom({ service, read: () => levels.read(), write: logAwsCall, clock });
}

/** Makes the audit trail of a function. Without a store it only writes to the log. */
export function auditTrailOf(service: string, store?: AuditStore): AuditTrail {
  return createAuditTrail(service, {
    store,
    newId: entropy.id,
    metricsNamespace: () => readResources().metricsNamespace,
  });
}

/** Makes the ports of client authentication, which three functions use. */
export function clientAuthentication(directory: Table, transactions: Table) {
  return {
    clients: new ClientsTable(directory, clock),
    replays: new ReplaysTable(transactions, entropy, clock),
    verifier: joseVerifier,
    remoteKeySets: remoteKeySetsOnDemand(),
    clock,
    settings: readSettings(),
    profile: STANDARD_PROFILE,
  };
}

/** Fetches key sets with code that is loaded when a client or an issuer with a `jwks_uri` comes. It needs `node:dns`. */
function remoteKeySetsOnDemand(): RemoteKeySets {
  let loaded: Promise<RemoteKeySets> | undefined;
  const load = async () => {
    const { HttpsKeySets } = await import('./https/https-key-sets.ts');
    return new HttpsKeySets(readNotificationNetworks(), clock);
  };
  return {
    async find(jwksUri, wanted) {
      loaded ??= load();
      return (await loaded).find(jwksUri, wanted);
    },
  };
}

const loadUserCodeHashes = async () => (await import('./user-code-hashes.ts')).userCodeHashes;

/** Hashes user codes with code that is loaded when somebody sends or sets one. */
export const userCodeHashesOnDemand: UserCodeHashes = {
  hash: async (code) => (await loadUserCodeHashes()).hash(code),
  matches: async (code, hash) => (await loadUserCodeHashes()).matches(code, hash),
};
