import { describe, expect, it } from 'vitest';
import { refusalOf, valueFrom } from '../../core/given.ts';
import { basic } from '../world/clients.ts';
import { ANA } from '../world/world.ts';
import { askingWorld } from './given.ts';

const malformed = (reason: string) => expect.objectContaining({ reason });

describe('nothing is read of a user, counted or stored (CIBA §7.2)', () => {
  it('for a client that failed to authenticate', async () => {
    const { ask, journal, line } = askingWorld();
    expect(refusalOf(await ask({}, basic('bank', 'wrong')))).toEqual({ reason: 'wrong_client_secret' });
    expect(journal.calls).toEqual(['find client bank']);
    expect(line()).toEqual({ client_id: 'bank' });
  });

  it.each([
    ['for a client without the grant (CIBA §4)', { grantTypes: [] }, {}, { reason: 'grant_not_allowed' }],
    ['without a scope', {}, { scope: [] }, { reason: 'openid_scope_missing' }],
    ['without openid in the scope', {}, { scope: 'profile' }, { reason: 'openid_scope_missing' }],
    ['for a malformed scope', {}, { scope: 'openid  profile' }, { reason: 'scope_malformed' }],
    ['for a repeated scope', {}, { scope: ['openid', 'profile'] }, { reason: 'repeated_parameter', name: 'scope' }],
    ['without a hint (CIBA §7.1)', {}, { login_hint: [] }, { reason: 'no_hint' }],
    ['for two hints', {}, { id_token_hint: 'x' }, { reason: 'several_hints' }],
    ['for a malformed hint', {}, { login_hint: 'a b c' }, malformed('login_hint_malformed')],
    [
      'for a user of another issuer',
      {},
      { login_hint: '{"format":"iss_sub","iss":"https://evil.example/","sub":"ana"}' },
      { reason: 'unknown_user', because: 'foreign_issuer' },
    ],
    [
      'for a binding message that can’t be shown safely',
      {},
      { binding_message: 'pay \u202E100' },
      malformed('invalid_binding_message'),
    ],
    ['for an expiry that is no positive integer', {}, { requested_expiry: '0' }, malformed('invalid_parameter')],
    [
      'for an audience that the client may not have (RFC 8707 §2)',
      {},
      { audience: 'https://evil.example/' },
      { reason: 'invalid_target', because: 'not_allowed' },
    ],
    [
      'for a resource with a fragment (RFC 8707 §2)',
      {},
      { resource: 'https://api.example/#x' },
      { reason: 'invalid_target', because: 'malformed' },
    ],
    [
      'for authorization_details, which nobody would be shown (RFC 9396)',
      {},
      { authorization_details: '[]' },
      { reason: 'authorization_details_not_supported' },
    ],
    [
      'for a client in ping mode without its token (CIBA §7.1)',
      { deliveryMode: 'ping' as const },
      {},
      { reason: 'missing_parameter', name: 'client_notification_token' },
    ],
  ])('%s', async (_name, client, form, refusal) => {
    const { ask, journal } = askingWorld({ client });
    expect(refusalOf(await ask(form))).toEqual(refusal);
    expect(journal.calls).toEqual(['find client bank']);
  });

  it('for a binding message or an expiry that the settings forbid', async () => {
    const settings = { bindingMessagePattern: /^\d{4}$/, expiry: { default: 120, limit: 130 } };
    expect(refusalOf(await askingWorld({ settings }).ask({ binding_message: 'Pay' }))?.reason).toBe(
      'invalid_binding_message',
    );
    expect(valueFrom(await askingWorld({ settings }).ask({ requested_expiry: '500' })).expires_in).toBe(130);
  });
});

describe('a user who may not be asked (CIBA §7.2, §13)', () => {
  it('is unknown without an identifier, and nobody is read or counted', async () => {
    const { ask, journal } = askingWorld();
    const refusal = refusalOf(await ask({ login_hint: 'nobody@example.com' }));
    expect(refusal).toEqual({ reason: 'unknown_user', because: 'no_such_identifier' });
    expect(journal.calls.at(-1)).toBe('resolve email nobody@example.com');
  });

  it('is unknown to a client that is registered for another user alone, and is not read', async () => {
    const { ask, journal } = askingWorld({ client: { onlySub: 'bo' } });
    expect(refusalOf(await ask())).toEqual({ reason: 'unknown_user', because: 'not_for_this_client' });
    expect(journal.calls.at(-1)).toBe('resolve email ana@example.com');
    expect((await askingWorld({ client: { onlySub: 'ana' } }).ask()).ok).toBe(true);
  });

  it('is unknown beside the own user of a client that may name no other, like somebody who does not exist', async () => {
    const users = [ANA, { ...ANA, sub: 'bo', identifiers: [{ type: 'email', value: 'bo@example.com' }] } as const];
    const beside = (email: string) => {
      const identifiers = [
        { format: 'opaque', id: 'ana' },
        { format: 'email', email },
      ];
      return { login_hint: JSON.stringify({ format: 'aliases', identifiers }) };
    };
    const { ask, rung } = askingWorld({ client: { onlySub: 'ana' }, users });
    const unknown = refusalOf(await ask(beside('nobody@example.com')));
    expect(unknown).toEqual({ reason: 'unknown_user', because: 'different_users' });
    expect(refusalOf(await ask(beside('bo@example.com')))).toEqual(unknown);
    expect(rung).toEqual([]);
    expect((await ask(beside('ana@example.com'))).ok).toBe(true);
  });

  it('is unknown by an identifier that is a leftover: of nobody, or of one who gave it up', async () => {
    const gone = askingWorld({ users: [] });
    gone.logins.set('email ana@example.com', 'ana');
    expect(refusalOf(await gone.ask())).toEqual({ reason: 'unknown_user', because: 'no_profile' });
    const other = askingWorld();
    other.logins.set('email old@example.com', 'ana');
    const refusal = refusalOf(await other.ask({ login_hint: 'old@example.com' }));
    expect(refusal).toEqual({ reason: 'unknown_user', because: 'no_such_identifier' });
    expect(other.journal.calls).not.toContain('store request');
  });

  it('is unknown when blocked, whatever the limit', async () => {
    const { ask, limits, requests } = askingWorld({ users: [{ ...ANA, status: 'blocked' }] });
    limits.user = { allowed: false, retryAfterSeconds: 42 };
    expect(refusalOf(await ask())).toEqual({ reason: 'unknown_user', because: 'blocked' });
    expect(requests.created).toEqual([]);
  });

  it('has no device that a push can reach: nothing is stored', async () => {
    const { ask, requests } = askingWorld({ devices: [] });
    expect(refusalOf(await ask())).toEqual({ reason: 'no_reachable_device', devices: 0 });
    expect(requests.created).toEqual([]);
  });
});
