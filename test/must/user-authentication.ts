import type { Requirement } from './requirement.ts';

const RESPONSE = 'provider/core/deciding/device-response.ts';
const DEVICE = 'provider/flows/device/authenticate-device.ts';
const ANSWER_TEST = 'test/flows/deciding/answer-request.test.ts';
const NOT_BELIEVED = 'an answer that is not believed leaves no evidence and no decision (CIBA §8)';

/** How the provider obtains the decision of the user (CIBA §8). */
export const USER_AUTHENTICATION_REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'CIBA-8.decision',
    section: 'CIBA §8',
    level: 'MUST',
    says: 'The decision is that of the user, whom the provider authenticates: here by the signature of an enrolled phone.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: RESPONSE,
          text: "if (request_id !== expected.requestId) return wrongClaim('request_id', 'the id of this request');\n",
          broken: '',
        },
        test: { file: ANSWER_TEST, titles: [NOT_BELIEVED, 'about another request'] },
      },
      {
        breaks: {
          file: RESPONSE,
          text: ' || !equalInConstantTime(details_hash, expected.detailsHash)',
          broken: '',
        },
        test: { file: ANSWER_TEST, titles: [NOT_BELIEVED, 'about other bytes'] },
      },
      {
        breaks: { file: DEVICE, text: "return failed('signature');", broken: 'ports.clock();' },
        test: {
          file: ANSWER_TEST,
          titles: [NOT_BELIEVED, 'signed by another key: its request is not even looked for'],
        },
      },
      {
        breaks: { file: DEVICE, text: "return failed('user_blocked');", broken: 'ports.clock();' },
        test: { file: ANSWER_TEST, titles: [NOT_BELIEVED, 'of a user who was blocked meanwhile'] },
      },
    ],
  },
  {
    id: 'CIBA-8.level',
    section: 'CIBA §8',
    level: 'MUST',
    says: 'The user is authenticated at a level that fits the request: its `acr_values`. No scope asks for a level.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/core/deciding/verification.ts',
          text: 'asked && acrReached(verification, asked) === undefined',
          broken: 'asked && acrReached(verification, asked) === asked[0]',
        },
        test: {
          file: 'test/core/deciding/verification.test.ts',
          titles: ['an approval must reach one of the classes that were asked for (CIBA §8)', 'not with a tap alone'],
        },
      },
      {
        breaks: {
          file: 'provider/core/deciding/verification.ts',
          text: "beyond !== undefined && hasVerificationKey && signedBy === 'possession'",
          broken: "beyond !== undefined && hasVerificationKey && signedBy === 'none'",
        },
        test: {
          file: 'test/core/deciding/verification.test.ts',
          titles: [
            'how an approval was verified: which key signed, and what the device says (RFC 8176)',
            'the possession key of a device with two keys does not say fpt',
          ],
        },
      },
    ],
  },
];
