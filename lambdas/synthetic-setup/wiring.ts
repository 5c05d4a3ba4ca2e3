import { createDynamoDB } from '../../provider/adapters/aws-clients.ts';
import { clock } from '../../provider/adapters/clock.ts';
import { auditTrailOf } from '../../provider/adapters/composition.ts';
import { readResources, readSyntheticSecret } from '../../provider/adapters/config.ts';
import { createSecrets } from '../../provider/adapters/deployment-clients.ts';
import { SyntheticItems } from '../../provider/adapters/dynamodb/synthetic-items.ts';
import { Table } from '../../provider/adapters/dynamodb/table.ts';
import { entropy } from '../../provider/adapters/entropy.ts';
import { sendToCloudFormation } from '../../provider/adapters/https/cloudformation-answer.ts';
import { makeDeviceKey } from '../../provider/adapters/jose/synthetic-device.ts';
import { SyntheticSecrets } from '../../provider/adapters/secrets/synthetic-secrets.ts';
import type { SyntheticSetUpPorts } from '../../provider/flows/operating/set-up-synthetic-login.ts';

/** Composes what synthetic-setup runs with in an AWS account. */
export function wire(): { ports: SyntheticSetUpPorts; sendAnswer: typeof sendToCloudFormation } {
  const resources = readResources();
  const ports = {
    identities: new SyntheticItems(new Table(createDynamoDB(), resources.directoryTable)),
    secret: new SyntheticSecrets(createSecrets(), readSyntheticSecret()),
    makeDeviceKey,
    entropy,
    clock,
    audit: auditTrailOf('synthetic-setup'),
  };
  return { ports, sendAnswer: sendToCloudFormation };
}
