import { meaningOfClaim, readableClaim } from '../../local/demo/pages/client/claims.js';
import type { JsonObject } from '../command-line/json-object.ts';
import { plainLine } from '../command-line/text-layout.ts';
import type { CheckedToken, CheckedTokens, Outcome, OutcomeName, Refusal } from './outcome.ts';

const TITLES: Readonly<Record<OutcomeName, string>> = {
  approved: 'Approved',
  denied: 'Denied',
  expired: 'Expired',
  refused: 'Refused',
  not_verified: 'Not verified',
};

/** Tells an outcome to people: the tokens with what each member is for, or why there are none and what to do. */
export function outcomeText({ outcome, tokens, refusal }: Outcome): string {
  const lines = [...(tokens ? tokenLines(tokens) : []), ...(refusal ? refusalLines(outcome, refusal) : [])];
  return lines.map((line) => plainLine(line).trimEnd()).join('\n');
}

function tokenLines({ id_token, access_token, expires_in, scope, has_refresh_token, values = {} }: CheckedTokens) {
  const lifetime = expires_in === undefined ? '' : ` It works for ${expires_in} s.`;
  const granted = scope === undefined ? '' : ` Granted: ${scope}.`;
  return [
    'Approved.',
    '',
    ...(id_token
      ? ['ID token: who the user is, for the client. Its signature, iss, aud, exp and at_hash are right.']
      : ['No ID token, because openid was not asked for.']),
    ...(id_token ? membersOf(id_token) : []),
    '',
    `Access token: for the API in aud. Its signature, iss, typ and exp are right.${lifetime}${granted}`,
    ...membersOf(access_token),
    ...(has_refresh_token ? ['', 'There is a refresh token too.'] : []),
    ...Object.entries(values).flatMap(([name, value]) => (typeof value === 'string' ? ['', `${name}: ${value}`] : [])),
  ];
}

function membersOf({ header, claims }: CheckedToken): readonly string[] {
  return [...membersIn(header, 'header'), ...membersIn(claims, 'claims')];
}

function membersIn(members: JsonObject, part: 'header' | 'claims'): readonly string[] {
  const rows = Object.entries(members).map(([name, value]) => ({
    name,
    value: readableClaim(name, value),
    meaning: meaningOfClaim(name, part),
  }));
  const names = Math.max(...rows.map(({ name }) => name.length));
  const values = Math.min(36, Math.max(...rows.map(({ value }) => value.length)));
  return [
    `  ${part}`,
    ...rows.map(({ name, value, meaning }) => `    ${name.padEnd(names)}  ${value.padEnd(values)}  ${meaning}`),
  ];
}

function refusalLines(outcome: OutcomeName, refusal: Refusal): readonly string[] {
  const { error, error_description, status, retry_after_seconds, means, next, page } = refusal;
  const answered = status === undefined ? error : `${status} ${error}`;
  return [
    `${TITLES[outcome]}: ${answered}${error_description === undefined ? '' : `. ${error_description}`}`,
    `  means    ${means}`,
    `  do       ${next}`,
    ...(retry_after_seconds === undefined ? [] : [`  wait     ${retry_after_seconds} s (Retry-After)`]),
    `  read     ${page}`,
  ];
}
