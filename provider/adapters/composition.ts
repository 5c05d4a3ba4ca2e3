import { STANDARD_PROFILE } from '../core/client/profile.ts';
import { clock } from './clock.ts';
import { readResources } from './config.ts';
import { ClientsTable } from './dynamodb/clients-table.ts';
import { ReplaysTable } from './dynamodb/replays-table.ts';
import type { Table } from './dynamodb/table.ts';
import { entropy } from './entropy.ts';
import { joseVerifier } from './jose/jose-verifier.ts';
import { createLog, type Log } from './log.ts';
import { readSettings } from './settings.ts';

// What the `wiring.ts` of several functions have in common.

/** A function's ports with the log its requests go to. */
export type Wired<Ports> = { readonly ports: Ports; readonly log: Log };

/** The log of a function, by the name of its folder. */
export function logOf(service: string): Log {
  return createLog(service, readResources().metricsNamespace);
}

/** What it takes to authenticate clients, which two functions do. */
export function clientAuthentication(directory: Table, transactions: Table) {
  return {
    clients: new ClientsTable(directory, clock),
    replays: new ReplaysTable(transactions, entropy, clock),
    verifier: joseVerifier,
    clock,
    settings: readSettings(),
    profile: STANDARD_PROFILE,
  };
}
