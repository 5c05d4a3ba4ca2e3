import type { AuthenticationRequest, RequestFacts } from '../../../core/deciding/authentication-request.ts';
import type { UserClaims } from '../../../core/person/user.ts';
import type { Item, Key } from '../table.ts';

// How an authentication request looks in Transactions: the one place where its stored form is written and read.

export const requestKey = (requestId: string): Key => ({ pk: `REQUEST#${requestId}`, sk: 'REQUEST' });

export function requestItem(request: RequestFacts): Item {
  return {
    state: 'pending',
    client_id: request.clientId,
    sub: request.sub,
    scopes: request.scopes,
    audience: request.audience,
    issued_at: request.issuedAt,
    expires_at: request.expiresAt,
    interval: request.intervalSeconds,
    next_poll_at: request.nextPollAt,
  };
}

export function requestFrom(item: Item): AuthenticationRequest {
  const facts: RequestFacts = {
    requestId: String(item['pk']).slice('REQUEST#'.length),
    clientId: String(item['client_id']),
    sub: String(item['sub']),
    scopes: item['scopes'] as readonly string[],
    audience: item['audience'] as readonly string[],
    issuedAt: Number(item['issued_at']),
    expiresAt: Number(item['expires_at']),
    intervalSeconds: Number(item['interval']),
    nextPollAt: Number(item['next_poll_at']),
  };
  const state = item['state'];
  switch (state) {
    case 'pending':
    case 'failed':
      return { ...facts, state };
    case 'redeemed':
    case 'denied':
      return { ...facts, state, deviceId: String(item['device_id']) };
    case 'approved':
      return {
        ...facts,
        state,
        approval: {
          deviceId: String(item['device_id']),
          decidedAt: Number(item['decided_at']),
          amr: item['amr'] as readonly string[],
          acr: item['acr'] as string | undefined,
          claims: item['claims'] as UserClaims,
        },
      };
    default:
      throw new Error('a stored authentication request has an unknown state');
  }
}
