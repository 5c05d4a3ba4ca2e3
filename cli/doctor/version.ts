import { functions, optionalFunctions } from '../../infra/functions/deployed-functions.ts';
import { plainLine } from '../command-line/text-layout.ts';
import { ownVersion } from '../command-line/version.ts';
import { inPascalCase } from '../deployment/deployed-stack.ts';
import type { Check, Finding } from './check.ts';

const SEE = 'docs/operations.md#deploy-and-upgrade';
/** Outputs that begin like the name of a function, as they are named in the stack: `FunctionTokenRevocation`. */
const OUTPUT = /^Function([A-Z][A-Za-z]*)$/;

/**
 * Checks that the command and the deployment are of one version, as far as functions tell: no version number is deployed.
 * A command of another version may read what it finds in a wrong way.
 */
export const version: Check = {
  name: 'Version',
  of: 'stack',
  async run({ outputs }): Promise<Finding> {
    const known = [...Object.keys({ ...functions, ...optionalFunctions }), 'endpoint-events'].map(inPascalCase);
    const deployed = Object.keys(outputs).flatMap((name) => OUTPUT.exec(name)?.[1] ?? []);
    const missing = Object.keys(functions)
      .map(inPascalCase)
      .filter((name) => !deployed.includes(name));
    const unknown = deployed.filter((name) => !known.includes(name));
    if (missing.length + unknown.length === 0)
      return { state: 'good', says: `The stack has the functions that this command (${ownVersion()}) knows.` };
    const says = [
      missing.length > 0 ? `This stack has no function ${missing.join(', ')}, so it is of an earlier version.` : '',
      unknown.length > 0
        ? `This command (${ownVersion()}) does not know ${plainLine(unknown.join(', '))}, so the stack is of a later version.`
        : '',
    ];
    const todo = 'Deploy this version, or use the ciba command of the version that is deployed.';
    return { state: 'warning', says: says.filter((part) => part !== '').join(' '), todo, see: SEE };
  },
};
