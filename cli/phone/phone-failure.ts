import { PhoneRefused } from '../../local/demo/phone.ts';
import { Refused } from '../command-line/failure.ts';
import { plainLine } from '../command-line/text-layout.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { noAnswer } from '../deployment/provider-answer.ts';

/** What an app should do after each error (docs/device-api.md, "Errors"). */
const NEXT: Readonly<Record<string, string>> = {
  invalid_request: 'Correct the app. If the description names iat or exp, correct the clock of this machine.',
  invalid_ticket: 'Get a new ticket: each works once, for some minutes, and a newer one ends it.',
  invalid_push_token: 'Give a token of Apple or Google with --push-token, and its --platform.',
  invalid_number: 'Let the user read the number again: the third wrong one ends the request.',
  details_mismatch: 'Look at the request again before you answer: it is a bug or an attack.',
  insufficient_user_authentication:
    'Verify the user as acr_values in the details says, and answer again: the request still waits.',
  invalid_device: 'The enrolment is gone, or the user is blocked. Enrol again, with a new key file.',
  not_found: 'Forget the request. ciba phone list shows what waits.',
  already_decided: 'Forget the request: another phone of the user was first, or this one decided differently before.',
  expired: 'Forget the request: the answer came too late.',
  withdrawn: 'Forget the request: its client withdrew it.',
  conflict: 'Run the command again.',
  temporarily_unavailable: 'Run the command again in some seconds.',
};
const LATER = 'Run the command again in some seconds.';

/** Makes the error that says why a phone could not do something, and what to do. Passes other errors on. */
export function explained(error: unknown, deployment: Deployment): unknown {
  if (error instanceof Refused) return error;
  if (error instanceof TypeError) return noAnswer(error, deployment);
  if (!(error instanceof PhoneRefused)) return error;
  const { message, status, error: code } = error;
  const says = `${message[0]?.toUpperCase()}${plainLine(message.slice(1))}.`;
  if (status === undefined)
    return new Refused(says, 'Answer nothing: this is not the provider at which the phone is enrolled.');
  const next = NEXT[code ?? ''] ?? (status >= 500 || status === 429 ? LATER : 'See docs/device-api.md#errors.');
  return new Refused(says, `${next} More: docs/device-api.md#errors.`, code);
}
