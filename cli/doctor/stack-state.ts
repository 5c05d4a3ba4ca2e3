import type { Check, Finding } from './check.ts';

const SEE = 'docs/operations.md#deploy-and-upgrade';

/** CloudFormation is done, and done well. */
export const stackState: Check = {
  name: 'Stack',
  of: 'stack',
  async run({ name, status, statusReason }): Promise<Finding> {
    const said = `${name} is ${status}`;
    if (/^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(status)) return { state: 'good', says: `${said}.` };
    if (/^(UPDATE|IMPORT)_ROLLBACK_COMPLETE$/.test(status)) {
      const says = `${said}: the last deployment went back, and the version before runs.`;
      return {
        state: 'warning',
        says,
        todo: 'Read the events of the stack in CloudFormation, and deploy again.',
        see: SEE,
      };
    }
    if (status.endsWith('_IN_PROGRESS')) {
      const says = `${said}: it is being changed now.`;
      return { state: 'warning', says, todo: 'Run this again when it is done.', see: SEE };
    }
    const why = statusReason === undefined ? '' : ` (${statusReason})`;
    const todo = 'Read the events of the stack in CloudFormation: the first that failed says why.';
    return { state: 'broken', says: `${said}${why}: CloudFormation could not finish.`, todo, see: SEE };
  },
};
