import { ok, type Result, refuse } from '../result.ts';

/**
 * Checks that an IAM identity is one of the listed operators. An entry is an ARN, or the ARN of a role's sessions that
 * ends in `/*`, such as `arn:aws:sts::111122223333:assumed-role/CibaOperators/*`. Without a list IAM alone decides: then
 * everybody whose policies allow `execute-api:Invoke` is an operator.
 */
export function checkOperator(arn: string, listed: readonly string[]): Result<string> {
  const isListed = listed.some((entry) => (entry.endsWith('/*') ? arn.startsWith(entry.slice(0, -1)) : arn === entry));
  return listed.length === 0 || isListed ? ok(arn) : refuse({ reason: 'operator_not_listed' });
}
