// Settings of what is copied out of the account.

/** Copies of backups of the table Directory outside the account or the region. */
export type BackupProps = {
  /** The vault that receives a copy each day. It is in another account of the organisation, another region, or both. */
  readonly vaultArn: string;
  /** For how many days that vault keeps a copy. Default: 35. */
  readonly retentionDays?: number | undefined;
};

/** Copies of the audit trail in another account. */
export type AuditCopyProps = {
  /** The ARN of the bucket that receives a copy of each object. */
  readonly bucketArn: string;
  /** The twelve digits of the account that owns the bucket, and then the copies. */
  readonly account: string;
};
