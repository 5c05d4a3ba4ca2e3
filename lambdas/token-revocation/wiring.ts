import { createDynamoDB } from '../../provider/adapters/aws-clients.ts';
import { clock } from '../../provider/adapters/clock.ts';
import {
  auditTrailOf,
  clientAuthentication,
  followLogLevel,
  logOf,
  type Wired,
} from '../../provider/adapters/composition.ts';
import { readResources } from '../../provider/adapters/config.ts';
import { RevokedTokensTable } from '../../provider/adapters/dynamodb/revoked-tokens-table.ts';
import { ReadableSigningKeysTable } from '../../provider/adapters/dynamodb/signing-keys-table.ts';
import { Table } from '../../provider/adapters/dynamodb/table.ts';
import { entropy } from '../../provider/adapters/entropy.ts';
import { KeyCache } from '../../provider/adapters/key-cache.ts';
import type { RevokeTokenPorts } from '../../provider/flows/token/revoke-token.ts';

/** Composes what token-revocation runs with in an AWS account. */
export function wire(): Wired<RevokeTokenPorts> {
  const resources = readResources();
  const dynamodb = createDynamoDB();
  const directory = new Table(dynamodb, resources.directoryTable);
  followLogLevel('token-revocation', directory);
  const transactions = new Table(dynamodb, resources.transactionsTable);
  const ports = {
    ...clientAuthentication(directory, transactions),
    keys: new KeyCache(new ReadableSigningKeysTable(directory), clock),
    revokedTokens: new RevokedTokensTable(transactions, entropy),
    audit: auditTrailOf('token-revocation'),
  };
  return { ports, log: logOf('token-revocation') };
}
