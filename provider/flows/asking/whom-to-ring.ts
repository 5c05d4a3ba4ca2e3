import { checkAskable } from '../../core/asking/askable.ts';
import { type Concealed, isHidden } from '../../core/asking/concealment.ts';
import { judgeCodeSetSince, type ResendableRequest } from '../../core/asking/resend.ts';
import type { Client } from '../../core/client/client.ts';
import { devicesThatReach } from '../../core/deciding/acr.ts';
import { type Device, reachable } from '../../core/device/device.ts';
import { blockOf, pauseLeft } from '../../core/person/client-block.ts';
import { isSamePerson, type UserWithBlocks } from '../../core/person/user.ts';
import { ok, type Result } from '../../core/result.ts';
import { type FindUserPorts, findUserWithDevices } from '../person/user-with-devices.ts';
import type { Settings } from '../ports.ts';
import type { RungRequests } from './ports.ts';

/** What this step needs. */
export type WhomToRingPorts = FindUserPorts & {
  readonly rungRequests: Pick<RungRequests, 'findAsked'>;
  readonly settings: Settings;
};

/** A ring that the request allows. */
export type Ringing = { readonly client: Client; readonly request: ResendableRequest; readonly now: number };

/** Why no phone rings although the client is not told. */
export type Silence = 'reported' | 'nobody_asked' | 'awaiting_number' | Concealed['reason'];
/** The phones that ring, or why none does. */
export type Whom =
  | { readonly rung: readonly Device[]; readonly silence?: undefined }
  | { readonly rung: readonly []; readonly silence: Silence };

/**
 * Finds whom a request would ring now. Since it was made, the user may have been blocked or have lost their phones, or
 * have denied other requests of the client, reported it, or have set a user code. As much is read for a request that rang nobody, so that the
 * time does not tell.
 */
export async function whomToRing(ports: WhomToRingPorts, { client, request, now }: Ringing): Promise<Result<Whom>> {
  const { settings } = ports;
  const [found, asked] = await Promise.all([
    findUserWithDevices(ports, request.sub),
    ports.rungRequests.findAsked(request, request.requestId),
  ]);
  if (request.deniedFrom !== undefined || request.isConcealed) return ok({ rung: [], silence: 'nobody_asked' });
  const owner = found && isSamePerson(found.user, request) ? found : undefined;
  const acrValues = asked?.acrValues;
  const block = owner && blockOf(owner.blocks, { client, profileId: owner.user.profileId });
  const pauseSeconds = pauseLeft(block, settings.denialPause, now);
  const userCode = judgeCodeSetSince(owner?.userCode, request);
  const askable = checkAskable({ ...asIfAsked(request, client), found: owner, userCode, pauseSeconds, acrValues });
  if (!askable.ok) {
    const { refusal } = askable;
    return isHidden(refusal, settings) ? ok({ rung: [], silence: refusal.reason }) : askable;
  }
  if (block?.report && settings.blocksReported) return ok({ rung: [], silence: 'reported' });
  return request.state === 'awaiting_number'
    ? ok({ rung: [], silence: 'awaiting_number' })
    : ok({ rung: rungOf(askable.value, acrValues) });
}

/** What the first request was checked for, and what a resend does not ask again. */
function asIfAsked({ sub }: ResendableRequest, { onlySub, isSynthetic }: Client) {
  return {
    hint: { kind: 'sub', sub },
    sub,
    differ: false,
    onlySub,
    isSynthetic,
    clientLimit: undefined,
    openSeconds: 0,
    needsMessage: false,
    userLimit: undefined,
  } as const;
}

function rungOf({ devices }: UserWithBlocks, acrValues: Parameters<typeof devicesThatReach>[1]): readonly Device[] {
  return devicesThatReach(reachable(devices), acrValues);
}
