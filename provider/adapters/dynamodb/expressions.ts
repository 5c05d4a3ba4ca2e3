import { marshall } from './attributes.ts';
import type { Change, Guard, Nonce } from './items.ts';

/** Returns the expression of an update and its values. */
export function updateExpression<Form>(change: Change<Form>): { expression: string; values: Record<string, unknown> } {
  const values: Record<string, unknown> = {};
  const clause = (attributes: Readonly<Record<string, unknown>> | undefined, glue: string): string[] =>
    Object.entries(attributes ?? {})
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => {
        values[`:${name}`] = value;
        return `#${name}${glue}:${name}`;
      });
  const { nonce } = change;
  const set = [
    ...clause({ ...change.set, ...(nonce && { [nonce.attribute]: nonce.value }) }, ' = '),
    ...(change.compute ?? []),
  ];
  const add = clause(change.add, ' ');
  const deleteFromSet = clause(change.deleteFromSet, ' ');
  const clauses = [
    ...(set.length > 0 ? [`SET ${set.join(', ')}`] : []),
    ...(add.length > 0 ? [`ADD ${add.join(', ')}`] : []),
    ...(deleteFromSet.length > 0 ? [`DELETE ${deleteFromSet.join(', ')}`] : []),
    ...(change.remove?.length ? [`REMOVE ${change.remove.map((name) => `#${name}`).join(', ')}`] : []),
  ];
  return { expression: clauses.join(' '), values };
}

/** Adds the condition that this write was not made before. */
export function withNonce(guard: Guard | undefined, nonce: Nonce | undefined): Guard | undefined {
  if (!nonce) return guard;
  const isOther = `(attribute_not_exists(#${nonce.attribute}) OR #${nonce.attribute} <> :written_before)`;
  return {
    condition: guard ? `(${guard.condition}) AND ${isOther}` : isOther,
    values: { ...guard?.values, written_before: nonce.value },
  };
}

/** Returns the condition with its names and values. Each `#name` in an expression stands for that attribute. */
export function guardInput(guard: Guard | undefined, expression = '', values: Readonly<Record<string, unknown>> = {}) {
  const names = new Set(
    [...`${expression} ${guard?.condition ?? ''}`.matchAll(/#([A-Za-z0-9_]+)/g)].map(([, name]) => name ?? ''),
  );
  const all = {
    ...values,
    ...Object.fromEntries(Object.entries(guard?.values ?? {}).map(([name, value]) => [`:${name}`, value])),
  };
  return {
    ...(guard && { ConditionExpression: guard.condition, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const }),
    ...(names.size > 0 && {
      ExpressionAttributeNames: Object.fromEntries([...names].map((name) => [`#${name}`, name])),
    }),
    ...(Object.keys(all).length > 0 && { ExpressionAttributeValues: marshall(all) }),
  };
}
