import { describe, expect, it } from 'vitest';
import { isAboutPeople, nobodyNamed } from '../../../provider/core/asking/concealment.ts';
import type { LoginHint } from '../../../provider/core/asking/hint.ts';
import { isSubject } from '../../../provider/core/person/login-identifier.ts';

const email: LoginHint = { kind: 'identifier', identifier: { type: 'email', value: 'ana@example.com' } };

describe('a refusal that is hidden where users are concealed', () => {
  it('says something about a person: that there is none, that they have a user code, no phone or none that verifies them so well, or were asked too often', () => {
    const about = [
      { reason: 'unknown_user', because: 'blocked' },
      { reason: 'no_reachable_device', devices: 0 },
      { reason: 'acr_out_of_reach', devices: 1 },
      { reason: 'user_rate_limited', retryAfterSeconds: 5 },
      { reason: 'missing_user_code', because: 'not_sent' },
      { reason: 'wrong_user_code' },
      { reason: 'too_many_wrong_user_codes', retryAfterSeconds: 5 },
    ] as const;
    expect(about.filter(isAboutPeople)).toEqual(about);
  });

  it('is none about the client, which knows what it did, and none about an outage', () => {
    const others = [
      { reason: 'client_rate_limited', retryAfterSeconds: 5 },
      { reason: 'client_paused', retryAfterSeconds: 5 },
      { reason: 'request_open', retryAfterSeconds: 5 },
      { reason: 'push_unavailable', retryAfterSeconds: 5 },
      { reason: 'malformed_user_code' },
      { reason: 'no_hint' },
    ] as const;
    expect(others.some(isAboutPeople)).toBe(false);
  });
});

describe('the owner of a request for nobody', () => {
  it('is the same for the same hint, another one for another hint, and has a well-formed subject', () => {
    const phone: LoginHint = { kind: 'identifier', identifier: { type: 'phone', value: 'ana@example.com' } };
    const subject: LoginHint = { kind: 'sub', sub: 'ana' };
    const named = [email, phone, subject].map((hint) => nobodyNamed(hint).sub);
    expect(nobodyNamed({ ...email }).sub).toBe(named[0]);
    expect(new Set(named).size).toBe(3);
    expect(named.every(isSubject)).toBe(true);
  });

  it('does not contain what was named', () => {
    expect(JSON.stringify(nobodyNamed(email))).not.toContain('ana');
  });
});
