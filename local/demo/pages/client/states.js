// The words for each state of a login.

/** @typedef {import('./backend.js').Progress} Progress */
/** @typedef {{ title: string, text: string }} Words */

export const describe = {
  /** @returns {Words} */
  idle: () => ({ title: 'Nothing asked yet', text: 'The phone rings when you ask.' }),

  /** @returns {Words} */
  asking: () => ({ title: 'Asking…', text: 'The provider looks up the user and sends a push.' }),

  /**
   * @param {Extract<Progress, { state: 'pending' }>} progress
   * @returns {Words}
   */
  pending: ({ slowedDown, intervalSeconds }) =>
    slowedDown
      ? {
          title: 'Slow down',
          text: `That was too early. From now on this client waits ${intervalSeconds}\u00a0s between polls.`,
        }
      : { title: 'Waiting for the answer', text: 'The phone is ringing. Approve or deny there.' },

  /** @returns {Words} */
  approved: () => ({ title: 'Approved', text: 'The user is who they say, and the tokens are here.' }),

  /** @returns {Words} */
  denied: () => ({ title: 'Denied', text: 'The user said no on the phone. There are no tokens.' }),

  /** @returns {Words} */
  expired: () => ({ title: 'Expired', text: 'Nobody answered in time. You may ask again.' }),

  /**
   * @param {Extract<Progress, { state: 'failed' }>} progress
   * @returns {Words}
   */
  failed: ({ error, description, retryAfterSeconds }) => ({
    title: TITLES[error] ?? 'Refused',
    text: [hint(error, retryAfterSeconds), description && `The provider says: ${description}`]
      .filter(Boolean)
      .join(' '),
  }),
};

/** @type {Record<string, string>} */
const TITLES = {
  unknown_user_id: 'Nobody by that name',
  invalid_binding_message: 'This message may not be shown',
  access_denied: 'Asked too often',
  invalid_client: 'Not our client',
  invalid_request: 'Cannot be asked',
  no_answer: 'No connection',
};

/**
 * @param {string} error
 * @param {number | undefined} retryAfterSeconds
 */
function hint(error, retryAfterSeconds) {
  switch (error) {
    case 'access_denied':
      return `This person was asked several times in a short while. Their phone stays quiet${
        retryAfterSeconds ? ` for another ${retryAfterSeconds}\u00a0s` : ''
      }, so that nobody is worn down into approving.`;
    case 'unknown_user_id':
      return 'Check the address. No phone rings.';
    case 'invalid_client':
      return 'Was npm start restarted? Then reload this page.';
    case 'no_answer':
      return 'No answer came from the provider. Is npm start still running?';
    default:
      return retryAfterSeconds ? `Try again in ${retryAfterSeconds}\u00a0s.` : '';
  }
}
