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
import { PeopleTable } from '../../provider/adapters/dynamodb/people-table.ts';
import { RedeemableRequestsTable } from '../../provider/adapters/dynamodb/redeemable-requests-table.ts';
import { ReadableSigningKeysTable } from '../../provider/adapters/dynamodb/signing-keys-table.ts';
import { Table } from '../../provider/adapters/dynamodb/table.ts';
import { entropy } from '../../provider/adapters/entropy.ts';
import { JoseSigner } from '../../provider/adapters/jose/jose-signer.ts';
import { KeyCache } from '../../provider/adapters/key-cache.ts';
import { callsOfKms } from '../../provider/adapters/kms/call-kms.ts';
import { KmsPrivateKeys } from '../../provider/adapters/kms/kms-keys.ts';
import { warmUp } from '../../provider/adapters/warm-up.ts';
import type { RequestTokensPorts } from '../../provider/flows/token/request-tokens.ts';

/** Composes what token runs with in an AWS account. */
export async function wire(): Promise<Wired<RequestTokensPorts>> {
  const resources = readResources();
  const dynamodb = createDynamoDB();
  const directory = new Table(dynamodb, resources.directoryTable);
  followLogLevel('token', directory);
  const transactions = new Table(dynamodb, resources.transactionsTable);
  const people = new PeopleTable(directory, entropy);
  const keys = new ReadableSigningKeysTable(directory);
  const privateKeys = new KmsPrivateKeys(keys, callsOfKms(dynamodb), resources.signingKmsKey);
  const signer = new JoseSigner(new KeyCache(keys, clock), privateKeys);
  const ports = {
    ...clientAuthentication(directory, transactions),
    people,
    devices: people,
    requests: new RedeemableRequestsTable(transactions, entropy),
    signer,
    entropy,
    audit: auditTrailOf('token'),
  };
  // RS256 signs the tokens of every client that is not registered for another algorithm.
  await warmUp(() => signer.prepare('RS256'));
  return { ports, log: logOf('token') };
}
