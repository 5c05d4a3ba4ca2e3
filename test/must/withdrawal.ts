import type { Requirement } from './requirement.ts';

const FLOW = 'provider/flows/asking/withdraw-request.ts';
const TEST = 'test/flows/asking/withdraw-request.test.ts';
const WITHDRAWAL = 'a withdrawal (RFC 7009 §2.2 in shape)';

/** Withdrawal, an extension that has the shape of a revocation (docs/withdrawal.md). */
export const WITHDRAWAL_REQUIREMENTS: readonly Requirement[] = [
  {
    id: 'RFC7009-2.2.withdrawal-done',
    section: 'RFC 7009 §2.2',
    level: 'MUST',
    says: 'In the shape of a revocation: what the client submits ends, and the answer is 200.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: 'provider/flows/asking/own-request.ts',
          text: 'const requestId = requestIdNamed(authReqId);',
          broken: 'const requestId = requestIdNamed(authReqId.toUpperCase());',
        },
        test: {
          file: TEST,
          titles: [
            WITHDRAWAL,
            'ends a pending request with one write, tells the phone and lets nothing else happen before',
          ],
        },
      },
      {
        breaks: {
          file: FLOW,
          text: 'const [cleared] = await Promise.allSettled([clearAway(ports, { request, authReqId }, call)]);',
          broken: "const cleared: { status: string } = { status: 'fulfilled' };",
        },
        test: { file: TEST, titles: [WITHDRAWAL, 'twice tells the phone once'] },
      },
    ],
  },
  {
    id: 'RFC7009-2.2.withdrawal-invalid',
    section: 'RFC 7009 §2.2',
    level: 'MUST',
    says: 'In the shape of a revocation: what is unknown, over or of another client does not cause an error.',
    status: 'held',
    proofs: [
      {
        breaks: {
          file: FLOW,
          text: 'return ok(undefined);',
          broken:
            "return reason?.endsWith('withdrawn') ? ok(undefined) : { ok: false, refusal: { reason: 'unknown_auth_req_id' } };",
        },
        test: {
          file: TEST,
          titles: [WITHDRAWAL, 'is answered the same for the id of another client, changes nothing and tells nobody'],
        },
      },
    ],
  },
];
