import { createDynamoDB } from '../../provider/adapters/aws-clients.ts';
import { clock } from '../../provider/adapters/clock.ts';
import { followLogLevel, logOf, type Wired } from '../../provider/adapters/composition.ts';
import { readResources } from '../../provider/adapters/config.ts';
import { ReadableSigningKeysTable } from '../../provider/adapters/dynamodb/signing-keys-table.ts';
import { Table } from '../../provider/adapters/dynamodb/table.ts';
import { KeyCache } from '../../provider/adapters/key-cache.ts';
import { readSettings } from '../../provider/adapters/settings.ts';
import { STANDARD_PROFILE } from '../../provider/core/client/profile.ts';
import type { DescribeProviderPorts } from '../../provider/flows/discovery/describe-provider.ts';
import type { PublishedSigningKeys } from '../../provider/flows/keys/ports.ts';

/** Composes what provider-metadata runs with in an AWS account. */
export function wire(): Wired<DescribeProviderPorts & { keys: PublishedSigningKeys }> {
  const directory = new Table(createDynamoDB(), readResources().directoryTable);
  followLogLevel('provider-metadata', directory);
  const keys = new KeyCache(new ReadableSigningKeysTable(directory), clock);
  return { ports: { settings: readSettings(), profile: STANDARD_PROFILE, keys }, log: logOf('provider-metadata') };
}
