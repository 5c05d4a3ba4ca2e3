// The texts for each state of a login.

/** @typedef {import('./backend.js').Progress} Progress */
/** @typedef {{ title: string, text: string }} Words */

export const describe = {
  /** @returns {Words} */
  idle: () => ({ title: 'Ready to ask', text: 'The phone rings when you ask.' }),

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
          text: `The client polled too early. From now on it waits ${intervalSeconds}\u00a0s between polls.`,
        }
      : { title: 'Waiting for the answer', text: 'The phone is ringing. Approve or deny there.' },

  /** @returns {Words} */
  approved: () => ({ title: 'Approved', text: 'The user approved, and the client has its tokens.' }),

  /** @returns {Words} */
  denied: () => ({ title: 'Denied', text: 'The user denied on the phone. There are no tokens.' }),

  /** @returns {Words} */
  expired: () => ({ title: 'Expired', text: 'The user did not answer in time. You can ask again.' }),

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
  unknown_user_id: 'Unknown user',
  invalid_binding_message: 'Message not allowed',
  access_denied: 'Asked too often',
  invalid_client: 'Unknown client',
  invalid_request: 'Invalid request',
  no_answer: 'No connection',
};

/**
 * @param {string} error
 * @param {number | undefined} retryAfterSeconds
 */
function hint(error, retryAfterSeconds) {
  switch (error) {
    case 'access_denied':
      return `This user was asked too often in a short time. Their phone does not ring${
        retryAfterSeconds ? ` for another ${retryAfterSeconds}\u00a0s` : ''
      }, so that no one can wear them down until they approve.`;
    case 'unknown_user_id':
      return 'No phone rings. Check the login hint.';
    case 'invalid_client':
      return 'If npm start was restarted, reload this page.';
    case 'no_answer':
      return 'No answer came from the provider. Check that npm start is still running.';
    default:
      return retryAfterSeconds ? `Try again in ${retryAfterSeconds}\u00a0s.` : '';
  }
}
