import { describe, expect, it } from 'vitest';
import { demoSeed } from '../../../local/demo/seed-file.ts';
import { findMistake } from '../../../local/demo/seed-mistake.ts';

const client = { client_id: 'desk', client_name: 'Desk', token_endpoint_auth_method: 'client_secret_basic' };
const user = { sub: 'u1', preferred_username: 'me' };

function told(seed: { clients?: unknown; users?: unknown }): string | undefined {
  const mistake = findMistake({ clients: [client], users: [user], ...seed });
  return mistake && `${mistake.path} ${mistake.problem}`;
}

describe('a mistake in a seed is told by its path, with what was expected in words', () => {
  it('finds none in the seed of the demo', () => expect(findMistake(demoSeed)).toBeUndefined());

  it.each([
    [{ clients: undefined }, 'clients is missing. It is a list with one entry or more.'],
    [{ clients: [] }, 'clients must be a list with one entry or more, not an empty list.'],
    [{ users: {} }, 'users must be a list with one entry or more, not an object.'],
    [{ clients: ['desk'] }, 'clients[0] must be an object, not "desk".'],
    [{ clients: [{ client_id: 'desk' }] }, 'clients[0].client_name is missing.'],
    [{ clients: [{ ...client, scpoe: 'openid' }] }, 'clients[0].scpoe is not known. Did you mean scope?'],
    [
      { clients: [{ ...client, client_secret: 'hunter2' }] },
      'clients[0].client_secret cannot be chosen. The provider makes secrets; /local/demo shows them.',
    ],
    [{ clients: [{ ...client, scope: ['openid'] }] }, 'clients[0].scope must be a text, not a list.'],
    [
      { clients: [{ ...client, requests_per_minute: 0 }] },
      'clients[0].requests_per_minute must be a whole number from 1, not 0.',
    ],
    [
      { clients: [{ ...client, backchannel_token_delivery_mode: 'pong' }] },
      /clients\[0\]\.backchannel_token_delivery_mode must be one of poll, ping.*, not "pong"\./,
    ],
    [
      { clients: [{ ...client, token_endpoint_auth_method: 'private_key_jwt' }] },
      /clients\[0\]\.jwks must be a set with at least one public key, because/,
    ],
    [
      { clients: [{ ...client, scope: 'openid transfer', scope_descriptions: { trasnfer: 'Send' } }] },
      'clients[0].scope_descriptions.trasnfer describes a scope that is not in scope. Did you mean transfer?',
    ],
    [{ clients: [client, client] }, 'clients[1].client_id is "desk", the same as in clients[0].'],
    [{ users: [{ name: 'Ana' }] }, 'users[0].sub is missing.'],
    [{ users: [{ ...user, emial: 'a@b.example' }] }, 'users[0].emial is not known. Did you mean email?'],
    [{ users: [{ ...user, blocked: 'yes' }] }, 'users[0].blocked must be true or false, not "yes".'],
    [{ users: [{ ...user, phone_number: '0170 1' }] }, 'users[0].phone_number must be an E.164 number as +4912345678.'],
    [
      {
        users: [
          { sub: 'u1', email: 'ana@example.com' },
          { sub: 'u2', email: 'Ana@Example.com' },
        ],
      },
      'users[1].email is "Ana@Example.com", the same as in users[0].',
    ],
    [
      {
        users: [
          { sub: 'u1', phone_number: '+46701234567' },
          { sub: 'u2', phone_number: '+46 70-123 45 67' },
        ],
      },
      'users[1].phone_number is "+46 70-123 45 67", the same as in users[0].',
    ],
    [{ users: [{ ...user, devices: 'one' }] }, 'users[0].devices must be a list, not "one".'],
    [
      { users: [{ ...user, devices: ['A phone'] }] },
      'users[0].devices[0] must be an object such as {"name": "A phone"}, not "A phone".',
    ],
    [
      { users: [{ ...user, devices: [{ nmae: 'A phone' }] }] },
      'users[0].devices[0].nmae is not known. Did you mean name?',
    ],
    [{ users: [{ ...user, devices: [{ name: 7 }] }] }, 'users[0].devices[0].name must be a text, not 7.'],
  ])('%j', (seed, expected) => {
    if (typeof expected === 'string') expect(told(seed)).toBe(expected);
    else expect(told(seed)).toMatch(expected);
  });

  it('does not repeat a secret that somebody put there', () => {
    expect(told({ clients: [{ ...client, client_secret: 'hunter2' }] })).not.toContain('hunter2');
  });
});
