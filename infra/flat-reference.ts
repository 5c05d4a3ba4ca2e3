/**
 * Writes a resolved value as cdk-nag names it in its findings: texts as they are, and a reference as `<LogicalId>` or
 * `<LogicalId.Attribute>`. cdk-nag has the same function (`flattenCfnReference`), but an app that uses the construct
 * does not have cdk-nag.
 */
export function flatReference(value: unknown): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return value.replaceAll('${', '<').replaceAll('}', '>');
  const [name, argument] = Object.entries(Object(value))[0] ?? [];
  const [first, second] = Array.isArray(argument) ? argument : [];
  if (name === 'Fn::Join' && Array.isArray(second)) return second.map(flatReference).join(String(first));
  if (name === 'Fn::GetAtt') return `<${flatReference(first)}.${flatReference(second)}>`;
  if (name === 'Fn::Sub' || name === 'Fn::ImportValue') return flatReference(argument);
  if (name === 'Ref') return `<${flatReference(argument)}>`;
  return JSON.stringify(value);
}
