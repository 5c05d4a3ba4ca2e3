import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { conditionsOf, KEY_DENIALS, type KeyDenial } from '../../provider/core/keys/key-denials.ts';
import type { DataStack } from '../data/data-stack.ts';
import type { ProviderFunction } from '../functions/provider-function.ts';
import { addRoleOutput } from '../outputs.ts';

/** The principals that the policies of the KMS key and of the table Directory leave out of their denials. */
export type KeyHolders = {
  /** The functions of the provider. Their `function.ts` says which of them sign, and which make keys. */
  readonly functions: readonly Pick<ProviderFunction, 'name' | 'spec' | 'role'>[];
  /** The ARN of the role that operators assume for a restore. */
  readonly recoveryRoleArn: string;
};

/**
 * Denies everybody else what only the functions do with signing keys, administrators included. Whoever may change these
 * policies, the roles or the functions can still lift it; the policies must stay changeable.
 */
export function protectSigningKeys({ signingKmsKey, ownDirectory }: DataStack, holders: KeyHolders): void {
  const { kmsKey, directory } = KEY_DENIALS;
  for (const denial of Object.values(kmsKey)) signingKmsKey.addToResourcePolicy(statementFor(denial, holders));
  for (const denial of Object.values(directory)) ownDirectory.addToResourcePolicy(statementFor(denial, holders));
}

/** Adds an output for each role of a function that a denial leaves out. `ciba doctor` compares the policies with them. */
export function addHolderOutputs(scope: Construct, { functions }: Pick<KeyHolders, 'functions'>): void {
  const denials = Object.values(KEY_DENIALS).flatMap<KeyDenial>((one) => Object.values(one));
  for (const one of functions) if (denials.some((denial) => denial.leavesOut(one.spec))) addRoleOutput(scope, one);
}

/** Returns the ARNs of the roles of functions that a denial leaves out. */
export function rolesLeftOut(denial: KeyDenial, { functions }: Pick<KeyHolders, 'functions'>): readonly string[] {
  return functions.filter(({ spec }) => denial.leavesOut(spec)).map(({ role }) => role.roleArn);
}

/** The resource is `*`, because a statement with the table's own ARN would make the table wait for itself. */
function statementFor(denial: KeyDenial, holders: KeyHolders): PolicyStatement {
  const roles = [...rolesLeftOut(denial, holders), ...(denial.leavesOutRecovery ? [holders.recoveryRoleArn] : [])];
  return new PolicyStatement({
    sid: denial.sid,
    effect: Effect.DENY,
    principals: [new AnyPrincipal()],
    actions: [...denial.actions],
    resources: ['*'],
    conditions: conditionsOf(denial, roles),
  });
}
