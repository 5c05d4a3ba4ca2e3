import type { Client } from '../../../provider/core/client/client.ts';
import type { Profile } from '../../../provider/core/client/profile.ts';
import type { AuthenticationRequest } from '../../../provider/core/deciding/authentication-request.ts';
import { requestIdOf } from '../../../provider/core/digest.ts';
import { CIBA_GRANT } from '../../../provider/core/token/grant-types.ts';
import { type RequestTokensPorts, requestTokens } from '../../../provider/flows/token/request-tokens.ts';
import { DEVICE, requestIn, USER } from '../../core/given.ts';
import { BANK, clientCall, clientsIn } from '../world/clients.ts';
import { devicesIn } from '../world/devices.ts';
import { peopleIn } from '../world/people.ts';
import { requestsIn } from '../world/requests.ts';
import { signaturesIn, signerIn } from '../world/signatures.ts';
import { startWorld } from '../world/world.ts';

export const AUTH_REQ_ID = 'auth-req-1';
export const REQUEST_ID = requestIdOf(AUTH_REQ_ID);

/** A bank whose request stands in some state. */
export function redeemingWorld(
  request: AuthenticationRequest = requestIn('approved'),
  given: { client?: Partial<Client>; profile?: Partial<Profile> } = {},
) {
  const world = startWorld();
  const { journal, note } = world;
  const bank = { ...BANK, scopes: ['openid', 'email'], audiences: ['https://api.example/'], ...given.client };
  const { clients, profile, stored: registered } = clientsIn(journal, [bank], given.profile);
  const { people, users } = peopleIn(journal, [USER]);
  const { devices, stored: enrolled } = devicesIn(journal, [DEVICE]);
  const { redeeming, stored } = requestsIn(journal, [{ ...request, requestId: REQUEST_ID }]);
  const { signer, signed } = signerIn(journal);
  const { verifier, remoteKeySets } = signaturesIn(journal);
  const ports: RequestTokensPorts = {
    ...world.ports,
    people,
    devices,
    clients,
    profile,
    requests: redeeming,
    signer,
    verifier,
    remoteKeySets,
  };
  const redeem = (form: Record<string, string | string[]> = {}, authorization?: string) =>
    requestTokens(
      ports,
      clientCall(note, { grant_type: CIBA_GRANT, auth_req_id: AUTH_REQ_ID, ...form }, authorization),
    );
  const state = () => stored.get(REQUEST_ID)?.state;
  /** The request changes, as another call would change it. */
  const change = (to: AuthenticationRequest) => {
    stored.set(REQUEST_ID, { ...to, requestId: REQUEST_ID });
  };
  const directory = { users, enrolled, registered, bank };
  return { ...world, ...directory, ports, requests: stored, signed, redeem, state, change };
}
