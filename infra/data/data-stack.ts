import { Duration, NestedStack } from 'aws-cdk-lib';
import { AttributeType, Billing, type ITableV2, StreamViewType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import type { TableRole } from '../../provider/core/operating/function-spec.ts';
import { tables } from '../../provider/core/operating/function-spec.ts';
import { deploymentNameOf } from '../deployment-name.ts';
import type { ProviderSettings } from '../settings/provider-settings.ts';
import { AuditStore } from './audit-store.ts';
import { pinLogicalId } from './pinned-id.ts';
import { isRetained, removalPolicyOf } from './retention.ts';

type DataProps = Pick<
  ProviderSettings,
  'removalPolicy' | 'restored' | 'auditRetentionDays' | 'auditLock' | 'auditCopy' | 'events'
>;

/**
 * The nested stack with everything that is stored: tables, the key that encrypts signing keys, the audit store. Logical
 * ids are pinned, because moving a construct must never replace a table. The removal policy is `RETAIN` instead of
 * `RetainExceptOnCreate`: a protected table can't be deleted, so a failed first deployment would fail to roll back.
 */
export class DataStack extends NestedStack {
  readonly tables: Readonly<Record<TableRole, ITableV2>>;
  /** The table Directory of this stack, also when a restored one is used instead of it. */
  readonly ownDirectory: TableV2;
  readonly signingKmsKey: Key;
  /** Undefined when the removal policy is `destroy`. */
  readonly audit: AuditStore | undefined;

  constructor(scope: Construct, id: string, props: DataProps) {
    super(scope, id, { description: 'Serverless CIBA: tables, key and audit store' });
    this.ownDirectory = this.#table('directory', props);
    const transactions = this.#table('transactions', props);
    const { restored } = props;
    this.tables = {
      directory: this.#inUse(this.ownDirectory, restored?.directoryTable, restored?.directoryStreamArn),
      transactions: this.#inUse(transactions, restored?.transactionsTable, restored?.transactionsStreamArn),
    };
    this.signingKmsKey = new Key(this, 'SigningKmsKey', {
      description: 'Encrypts the private signing keys of the OpenID provider. Without it no token can be signed.',
      enableKeyRotation: true,
      pendingWindow: Duration.days(30),
      removalPolicy: removalPolicyOf(props),
    });
    pinLogicalId(this.signingKmsKey, 'SigningKmsKey');
    // A name for consoles. Nothing else goes by it, because policies and functions name the key itself.
    this.signingKmsKey.addAlias(`alias/${deploymentNameOf(this)}-signing-keys`);
    if (isRetained(props))
      this.audit = new AuditStore(this, 'Audit', {
        retentionDays: props.auditRetentionDays ?? 400,
        lock: props.auditLock,
        copy: props.auditCopy,
      });
  }

  get tableNames(): Readonly<Record<TableRole, string>> {
    return { directory: this.tables.directory.tableName, transactions: this.tables.transactions.tableName };
  }

  get tableArns(): Readonly<Record<TableRole, string>> {
    return { directory: this.tables.directory.tableArn, transactions: this.tables.transactions.tableArn };
  }

  /** The ARNs of the streams. Throws if the settings ask for no events. */
  get streamArns(): Readonly<Record<TableRole, string>> {
    return { directory: streamOf(this.tables.directory), transactions: streamOf(this.tables.transactions) };
  }

  #table(role: TableRole, props: DataProps): TableV2 {
    const { partitionKey, sortKey, ttlAttribute } = tables[role];
    const id = role === 'directory' ? 'DirectoryTable' : 'TransactionsTable';
    const table = new TableV2(this, id, {
      partitionKey: { name: partitionKey, type: AttributeType.STRING },
      sortKey: { name: sortKey, type: AttributeType.STRING },
      billing: Billing.onDemand(),
      ...(ttlAttribute !== undefined && { timeToLiveAttribute: ttlAttribute }),
      ...(props.events && { dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES }),
      // Items in Transactions expire within hours, so a restore would be of no use.
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: role === 'directory' },
      deletionProtection: isRetained(props),
      removalPolicy: removalPolicyOf(props),
    });
    pinLogicalId(table, id);
    return table;
  }

  /**
   * Returns the table of this stack, or the restored one that replaces it. The stack keeps its own table in both cases.
   */
  #inUse(own: TableV2, restored: string | undefined, tableStreamArn: string | undefined): ITableV2 {
    if (!restored) return own as ITableV2;
    const attributes = { tableName: restored, ...(tableStreamArn && { tableStreamArn }) };
    return TableV2.fromTableAttributes(this, `Restored${own.node.id}`, attributes);
  }
}

function streamOf({ tableStreamArn, node }: ITableV2): string {
  if (tableStreamArn === undefined) throw new Error(`the table ${node.id} has no stream`);
  return tableStreamArn;
}
