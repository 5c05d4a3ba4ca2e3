import { createDynamoDB } from '../../provider/adapters/aws-clients.ts';
import { clock } from '../../provider/adapters/clock.ts';
import { auditTrailOf, logOf, type Wired } from '../../provider/adapters/composition.ts';
import { readPatientKmsService, readResources } from '../../provider/adapters/config.ts';
import { DeliveryKeysTable } from '../../provider/adapters/dynamodb/delivery-keys-table.ts';
import { SigningKeysTable } from '../../provider/adapters/dynamodb/signing-keys-table.ts';
import { Table } from '../../provider/adapters/dynamodb/table.ts';
import { entropy } from '../../provider/adapters/entropy.ts';
import { firehoseAuditStore } from '../../provider/adapters/firehose/firehose-audit-store.ts';
import { callsOfKms } from '../../provider/adapters/kms/call-kms.ts';
import { KmsDeliveryKeyMaker } from '../../provider/adapters/kms/kms-delivery-keys.ts';
import { KmsKeyMaker } from '../../provider/adapters/kms/kms-keys.ts';
import { readSettings } from '../../provider/adapters/settings.ts';
import type { RotateDeliveryKeysPorts } from '../../provider/flows/keys/rotate-delivery-keys.ts';
import type { RotateKeysPorts } from '../../provider/flows/keys/rotate-keys.ts';

/** Composes what signing-keys runs with in an AWS account. */
export function wire(): Wired<RotateKeysPorts & RotateDeliveryKeysPorts> {
  const resources = readResources();
  const dynamodb = createDynamoDB();
  const directory = new Table(dynamodb, resources.directoryTable);
  const kms = callsOfKms(dynamodb, readPatientKmsService());
  const ports = {
    keys: new SigningKeysTable(directory, entropy),
    maker: new KmsKeyMaker(kms, resources.signingKmsKey),
    deliveryKeys: new DeliveryKeysTable(directory, entropy),
    deliveryKeyMaker: new KmsDeliveryKeyMaker(kms, resources.signingKmsKey),
    entropy,
    clock,
    settings: readSettings(),
    audit: auditTrailOf('signing-keys', firehoseAuditStore(dynamodb, resources.audit)),
  };
  return { ports, log: logOf('signing-keys') };
}
