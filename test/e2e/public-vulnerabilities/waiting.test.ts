import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { World } from '../../support/world.ts';
import { dueIn, type Offered, type Sign, WAITING } from './waiting.ts';

// Vulnerabilities of features that are not there. Their tests are due when the provider offers the feature.

let world: World;
let offered: Offered;
beforeAll(async () => {
  world = await World.start();
  offered = { discovery: (await world.send('/.well-known/openid-configuration', {})).body };
});
afterAll(() => world?.close());

/** A provider that offers one thing more. */
function withSign(sign: Sign): Offered {
  const { member, value = 'something' } = sign;
  const now = offered.discovery[member];
  return { discovery: { ...offered.discovery, [member]: Array.isArray(now) ? [...now, value] : value } };
}

describe('a vulnerability that waits for a feature', () => {
  it('waits no longer than until the provider offers the feature', () => {
    expect(offered.discovery['issuer']).toBe(world.issuer);
    const due = dueIn(WAITING, offered).map(({ id, wentWrong, feature }) => `${feature}: ${id}, ${wentWrong}`);
    expect(due).toEqual([]);
  });

  it.each(WAITING.flatMap((row) => row.shownBy.map((sign) => [JSON.stringify(sign), row, sign] as const)))(
    'is due as soon as %s',
    (_sign, row, sign) => {
      expect(dueIn(WAITING, withSign(sign))).toContain(row);
    },
  );

  it('is not due because of another feature, or because a member says that there is none', () => {
    const refresh = dueIn(WAITING, withSign({ member: 'grant_types_supported', value: 'refresh_token' }));
    expect(new Set(refresh.map(({ feature }) => feature))).toEqual(new Set(['refresh tokens']));
    expect(dueIn(WAITING, withSign({ member: 'tls_client_certificate_bound_access_tokens', value: false }))).toEqual(
      [],
    );
    expect(dueIn(WAITING, withSign({ member: 'grant_types_supported', value: 'client_credentials' }))).toEqual([]);
  });
});
