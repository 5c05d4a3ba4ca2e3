import { listOf, type Resource, type Value } from './synthesized.ts';
import { arnOf, type Part, resolvedText, type Templates } from './template-arns.ts';

/** One statement of a policy, with texts in place of intrinsic functions. */
export type Statement = {
  /** The resource of the template that holds the policy. */
  readonly holder: string;
  /** `trust`: who may take a role. `resource`: attached to the resource that it is about. */
  readonly kind: 'identity' | 'resource' | 'trust';
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** The condition keys, with their operators left out. */
  readonly conditionKeys: readonly string[];
};

/** Returns every statement of every policy in the templates of a stage. */
export function statementsOf(template: Templates): readonly Statement[] {
  return (['main', 'data'] as const).flatMap((part) =>
    Object.entries(template[part].Resources).flatMap(([id, resource]) =>
      policiesIn(resource).flatMap(({ kind, document }) =>
        document.Statement.map((one: Value) => statementFrom(one, { template, part, id, kind })),
      ),
    ),
  );
}

type Policy = { readonly kind: Statement['kind']; readonly document: Value };
type Place = { template: Templates; part: Part; id: string; kind: Statement['kind'] };

/** Finds the policies of a resource, wherever they stand in its properties. */
function policiesIn({ Type, Properties }: Resource): readonly Policy[] {
  const found: Policy[] = [];
  const walk = (value: Value, path: string) => {
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value['Statement'])) found.push({ kind: kindOf(Type, path), document: value });
    else for (const [name, member] of Object.entries(value)) walk(member, `${path}.${name}`);
  };
  walk(Properties, '');
  return found;
}

function kindOf(type: string, path: string): Statement['kind'] {
  if (path.includes('AssumeRolePolicyDocument')) return 'trust';
  return type.startsWith('AWS::IAM::') ? 'identity' : 'resource';
}

function statementFrom(statement: Value, place: Place): Statement {
  for (const unknown of ['NotAction', 'NotResource'])
    if (unknown in statement) throw new Error(`no rule for ${unknown}, in ${place.id}`);
  const { template, part, id, kind } = place;
  const resources = listOf(statement.Resource ?? '*').map((one) => resolvedText(template, part, one));
  const conditions = Object.values<Value>(statement.Condition ?? {}).flatMap((keys) => Object.keys(keys));
  return {
    holder: id,
    kind,
    actions: listOf(statement.Action),
    // In the policy of a resource, `*` is the resource itself.
    resources: kind === 'identity' ? resources : resources.map((arn) => (arn === '*' ? ownArn(place) : arn)),
    conditionKeys: conditions,
  };
}

/** Returns the ARN of the resource that a policy is attached to. */
function ownArn({ template, part, id }: Place): string {
  const secret = template[part].Resources[id]?.Properties.SecretId;
  return secret === undefined ? arnOf(template, part, id) : resolvedText(template, part, secret);
}
