import { expect } from 'vitest';
import type { Answer, World } from './world.ts';

const PRINTABLE = /^[\x20-\x21\x23-\x5B\x5D-\x7E]+$/;

/** Checks a whole refusal: status, code, allowed characters, no other members, no caching, and the internal reason. */
export async function expectRefusal(
  world: World,
  answer: Answer,
  expected: { status: number; error: string; reason: string },
): Promise<void> {
  const { status, headers, body } = answer;
  expect({ status, error: body['error'], reason: await world.reason(answer) }).toEqual(expected);
  expect(headers.get('content-type')).toBe('application/json');
  expect(headers.get('cache-control')).toContain('no-store');
  expect(body['error_description']).toMatch(PRINTABLE);
  const own: Readonly<Record<string, string>> = { slow_down: 'interval', invalid_number: 'attempts_left' };
  const members = Object.keys(body).filter((member) => member !== own[expected.error]);
  expect(members.sort()).toEqual(['error', 'error_description']);
}

/** Checks a whole token response (OIDC Core §3.1.3.3, RFC 6749 §5.1). */
export function expectTokens(answer: Answer): { access_token: string; id_token: string; scope: string } {
  expect(answer.text).toContain('access_token');
  expect(answer.status).toBe(200);
  expect(answer.headers.get('cache-control')).toContain('no-store');
  expect(answer.headers.get('content-type')).toBe('application/json');
  expect(Object.keys(answer.body).sort()).toEqual(['access_token', 'expires_in', 'id_token', 'scope', 'token_type']);
  expect(answer.body['token_type']).toBe('Bearer');
  return answer.body as { access_token: string; id_token: string; scope: string };
}
