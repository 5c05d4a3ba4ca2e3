import { conditionsOf, type KeyDenial } from '../../provider/core/keys/key-denials.ts';
import { isJsonObject, type JsonObject, parseJsonObject } from '../command-line/json-object.ts';

/** A denial that a policy must have, with the ARNs of the roles that it leaves out. */
export type WantedDenial = { readonly denial: KeyDenial; readonly roles: readonly string[] };

/** The condition that leaves a role out, as a line of `linesOf`. */
const EXCEPT = 'ArnNotEquals aws:PrincipalArn ';

/**
 * Says where a policy differs from the denials that it must have. What it says besides is not compared: an allowance
 * never wins over a denial.
 */
export function denialFaults(policy: string | undefined, wanted: readonly WantedDenial[]): readonly string[] {
  const statements = [parseJsonObject(policy ?? '')?.['Statement']].flat().filter(isJsonObject);
  return wanted.flatMap((one) => {
    const { sid } = one.denial;
    const found = statements.find(({ Sid, Effect }) => Sid === sid && Effect === 'Deny');
    return found === undefined ? [`${sid} is missing`] : differences(found, one).map((words) => `${sid} ${words}`);
  });
}

function differences(statement: JsonObject, { denial, roles }: WantedDenial): readonly string[] {
  const denied = textsIn(statement['Action']);
  const wanted = linesOf(conditionsOf(denial, roles));
  const found = linesOf(statement['Condition']);
  const added = found.filter((line) => !wanted.includes(line));
  const gone = wanted.filter((line) => !found.includes(line));
  return [
    ...listed(
      'does not deny',
      denial.actions.filter((action) => !denied.includes(action)),
    ),
    ...listed('leaves out', added.filter(isExcept).map(roleIn)),
    ...listed('does not leave out', gone.filter(isExcept).map(roleIn)),
    ...listed(
      'has the condition',
      added.filter((line) => !isExcept(line)),
    ),
    ...listed(
      'has no condition',
      gone.filter((line) => !isExcept(line)),
    ),
    ...(isAnybody(statement['Principal']) ? [] : ['does not name everybody']),
    ...(textsIn(statement['Resource']).includes('*') ? [] : ['does not name every resource']),
  ];
}

function listed(words: string, found: readonly string[]): readonly string[] {
  return found.length > 0 ? [`${words} ${found.join(', ')}`] : [];
}

/** Returns conditions as lines of operator, condition key and value. */
function linesOf(conditions: unknown): readonly string[] {
  return membersOf(conditions).flatMap(([operator, keys]) =>
    membersOf(keys).flatMap(([key, values]) =>
      textsIn(values, 'nothing').map((value) => `${operator} ${key} ${value}`),
    ),
  );
}

function isExcept(line: string): boolean {
  return line.startsWith(EXCEPT);
}

function roleIn(line: string): string {
  return line.slice(EXCEPT.length);
}

/** Whether a principal is everybody. AWS writes it in two ways. */
function isAnybody(principal: unknown): boolean {
  return textsIn(isJsonObject(principal) ? principal['AWS'] : principal).includes('*');
}

/** A policy may write a list of one text as the text alone. `empty` stands for an empty list. */
function textsIn(value: unknown, empty = ''): readonly string[] {
  const texts = [value].flat().map(String);
  return texts.length > 0 ? texts : [empty];
}

function membersOf(value: unknown): readonly (readonly [string, unknown])[] {
  return isJsonObject(value) ? Object.entries(value) : [];
}
