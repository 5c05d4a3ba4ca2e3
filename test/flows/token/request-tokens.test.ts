import { describe, expect, it } from 'vitest';
import { requestIdOf } from '../../../provider/core/digest.ts';
import { CIBA_GRANT } from '../../../provider/core/token/grant-types.ts';
import { requestTokens } from '../../../provider/flows/token/request-tokens.ts';
import { refusalOf, requestIn, valueFrom } from '../../core/given.ts';
import { portsWith, tokenCall } from './given.ts';

const AUTH_REQ_ID = 'auth-req-id-1';
const REQUEST_ID = requestIdOf(AUTH_REQ_ID);

describe('the token endpoint (CIBA §10.1)', () => {
  const call = tokenCall({ grant_type: CIBA_GRANT, auth_req_id: AUTH_REQ_ID });

  it('issues the tokens of what the user granted, and tells the audit trail', async () => {
    const { ports, audited, signed } = portsWith(requestIn('approved', { requestId: REQUEST_ID }));
    const tokens = valueFrom(await requestTokens(ports, call));
    expect(tokens).toMatchObject({ access_token: 'signed-1', id_token: 'signed-2', token_type: 'Bearer' });
    expect(signed.map(({ sub }) => sub)).toEqual(['user-1', 'user-1']);
    expect(audited).toEqual([{ event: 'tokens_issued', requestId: REQUEST_ID, sub: 'user-1', clientId: 'bank' }]);
  });

  it('tells the audit trail nothing when it refuses', async () => {
    const { ports, audited } = portsWith(requestIn('denied', { requestId: REQUEST_ID }));
    expect(refusalOf(await requestTokens(ports, call))).toEqual({ reason: 'denied_by_user' });
    expect(audited).toEqual([]);
  });

  it('knows no other grant than those of the table (RFC 6749 §5.2)', async () => {
    const { ports } = portsWith(requestIn('approved'));
    const refused = await requestTokens(ports, tokenCall({ grant_type: 'password' }));
    expect(refusalOf(refused)).toEqual({ reason: 'unsupported_grant_type' });
  });
});
