import { expect, it } from 'vitest';
import { parseBackchannelRequest } from '../../../provider/core/asking/backchannel-request.ts';
import { findSignedRequest } from '../../../provider/core/asking/signed-request.ts';
import { STANDARD_PROFILE } from '../../../provider/core/client/profile.ts';
import { FAULTS, PARAMETERS, verdictsOf } from '../../support/bad-parameters.ts';
import { NAMES } from '../given.ts';

/** A form that remembers which parameters are looked at. */
class WatchedForm extends Map<string, readonly string[]> {
  readonly looked = new Set<string>();
  override has(name: string): boolean {
    this.looked.add(name);
    return super.has(name);
  }
  override get(name: string): readonly string[] | undefined {
    this.looked.add(name);
    return super.get(name);
  }
}

/** The parameters that are looked at in a form, with whatever else it has. */
function lookedAt(more: Readonly<Record<string, string>>): ReadonlySet<string> {
  const form = new WatchedForm();
  const sent = { scope: 'openid', login_hint: 'ana', client_notification_token: 'token', ...more };
  for (const [name, value] of Object.entries(sent)) form.set(name, [value]);
  findSignedRequest(form, {}, STANDARD_PROFILE);
  parseBackchannelRequest(form, {
    deliveryMode: 'ping',
    requiresOpenid: true,
    sendsUserCodes: true,
    names: NAMES,
    expiry: { default: 120, limit: 600 },
  });
  return form.looked;
}

it('every parameter that is looked at has a row of what it answers when it is wrong', () => {
  const known = new Set(lookedAt({}));
  for (const name of known) for (const one of lookedAt({ [name]: 'x' })) known.add(one);
  expect(known.size).toBeGreaterThan(10);
  expect([...known].filter((name) => !Object.hasOwn(PARAMETERS, name))).toEqual([]);
});

it('a row has a verdict for every fault', () => {
  for (const row of Object.values(PARAMETERS)) expect(Object.keys(verdictsOf(row))).toEqual(Object.keys(FAULTS));
});
