import type { ClientLimits, Counted, WindowLimits } from '../../../provider/core/asking/rate-window.ts';
import type { Client } from '../../../provider/core/client/client.ts';
import type { Profile } from '../../../provider/core/client/profile.ts';
import type { Device } from '../../../provider/core/device/device.ts';
import type { ClientBlock } from '../../../provider/core/person/client-block.ts';
import type { User } from '../../../provider/core/person/user.ts';
import type { UserCode } from '../../../provider/core/person/user-code.ts';
import type { RateWindows } from '../../../provider/flows/asking/ports.ts';
import {
  type RequestAuthenticationPorts,
  requestAuthentication,
} from '../../../provider/flows/asking/request-authentication.ts';
import { type WithdrawRequestPorts, withdrawRequest } from '../../../provider/flows/asking/withdraw-request.ts';
import type { Settings } from '../../../provider/flows/ports.ts';
import { blocksIn } from '../world/blocks.ts';
import { BANK, clientCall, clientsIn } from '../world/clients.ts';
import { deviceNamed, devicesIn, pushIn } from '../world/devices.ts';
import type { Journal } from '../world/journal.ts';
import { openQuestionsIn } from '../world/open-questions.ts';
import { openRequestsIn } from '../world/open-requests.ts';
import { peopleIn } from '../world/people.ts';
import { requestsIn } from '../world/requests.ts';
import { keyNamed, signaturesIn } from '../world/signatures.ts';
import { userCodesIn } from '../world/user-codes.ts';
import { ANA, startWorld } from '../world/world.ts';

/** What can be told of waves by their time: what is called in each, and how often, but not for whom. */
export function kindsOf(waves: readonly (readonly string[])[]): string[][] {
  const kindOf = (call: string) => (/^(ring|announce) /.test(call) ? 'publish' : call.split(' ').slice(0, 2).join(' '));
  return waves.map((calls) => calls.map(kindOf).toSorted());
}

/** A bank that may ask Ana, who has one phone. */
export function askingWorld(
  given: {
    client?: Partial<Client>;
    users?: User[];
    devices?: Device[];
    settings?: Partial<Settings>;
    profile?: Partial<Profile>;
    blocks?: readonly ClientBlock[];
    codes?: readonly (readonly [string, UserCode])[];
  } = {},
) {
  const world = startWorld(given.settings);
  const { journal, note } = world;
  const { clients, profile } = clientsIn(journal, [{ ...BANK, ...given.client }], given.profile);
  const { blocks, silentDenials, silentDenialEnds } = blocksIn(
    journal,
    given.blocks?.map((block) => ({ ...block, sub: 'ana' })),
  );
  const { questions, openQuestions } = openQuestionsIn(journal);
  const { codes, userCodeHashes } = userCodesIn(journal, given.codes);
  const { people, logins, users } = peopleIn(journal, given.users ?? [ANA], { blocks, codes });
  const { devices, stored } = devicesIn(journal, given.devices ?? [deviceNamed('phone')]);
  const requests = requestsIn(journal);
  const { opened, openRequests, metRequests } = openRequestsIn(journal, requests.stored);
  const { sign, verifier, published, remoteKeySets } = signaturesIn(journal);
  const { push, fates, rung } = pushIn(journal);
  const { counted, limits, rateWindows } = rateWindowsIn(world.journal);
  const ports: RequestAuthenticationPorts & WithdrawRequestPorts = {
    ...world.ports,
    clients,
    profile,
    people,
    devices,
    requests: requests.asking,
    withdrawable: requests.withdrawing,
    rateWindows,
    userCodeHashes,
    silentDenials,
    silentDenialEnds,
    openRequests,
    metRequests,
    openQuestions,
    announcements: journal.port({
      announce: async ({ clientId }) => journal.begin(`announce to ${clientId}`),
    }),
    push,
    verifier,
    remoteKeySets,
    keys: journal.port({
      find: async ({ kid, algorithm }) => {
        journal.begin(`find ${algorithm} key ${kid}`);
        return kid === 'kid-1' ? keyNamed('ours') : undefined;
      },
    }),
  };
  /** Asks for Ana, unless the form says otherwise. No values at all leave a parameter out, as in any form. */
  const ask = (different: Record<string, string | string[]> = {}, authorization?: string) => {
    const form = { scope: 'openid', login_hint: 'ana@example.com', ...different };
    const sent = Object.entries(form).filter(([, values]) => values.length > 0);
    return requestAuthentication(ports, clientCall(note, Object.fromEntries(sent), authorization));
  };
  /** Sends these parameters, and no others. */
  const send = (form: Record<string, string | string[]>) => {
    const call = clientCall(note, form);
    return requestAuthentication(ports, 'client_assertion' in form ? { ...call, headers: {} } : call);
  };
  /** Withdraws a request. */
  const withdraw = (form: Record<string, string | string[]>, authorization?: string) =>
    withdrawRequest(ports, clientCall(note, form, authorization));
  const directory = { users, codes, blocks, opened, questions, logins, devices: stored };
  const acts = { ask, send, withdraw, sign };
  return { ...world, ports, ...directory, requests, fates, rung, counted, limits, ...acts, published };
}

/** Rate windows that answer what a test says. */
function rateWindowsIn(journal: Journal) {
  const limits: Record<'client' | 'user' | 'silent' | 'code', Counted> = {
    code: { allowed: true },
    client: { allowed: true },
    user: { allowed: true },
    silent: { allowed: true },
  };
  const counted: { of: string; limits: WindowLimits | ClientLimits; now: number }[] = [];
  const rateWindows: RateWindows = journal.port({
    countForUser: async ({ sub, isLong }, allowed, now) => {
      journal.begin(`count user ${sub}${isLong ? ', long' : ''}`);
      counted.push({ of: sub, limits: allowed, now });
      return limits.user;
    },
    countForClient: async (clientId, allowed, now) => {
      journal.begin(`count client ${clientId}`);
      counted.push({ of: clientId, limits: allowed, now });
      return limits.client;
    },
    countSilently: async ({ sub, clientId, isLong }) => {
      journal.begin(`count ${clientId} silently for ${sub}${isLong ? ', long' : ''}`);
      return limits.silent;
    },
    giveBack: async ({ sub, isLong }, countedAt) => {
      journal.begin(`give back ${sub} of ${countedAt}${isLong ? ', long' : ''}`);
    },
    countUserCode: async ({ sub, clientId, codeId }) => {
      journal.begin(`count ${codeId ?? 'no code'} of ${sub} by ${clientId}`);
      return limits.code;
    },
    giveBackUserCode: async ({ sub, clientId, codeId }) => {
      journal.begin(`give back ${codeId ?? 'no code'} of ${sub} by ${clientId}`);
    },
    countUnknownUser: async ({ clientId, names }) => {
      journal.begin(`count unknown user of ${clientId}${names > 1 ? `, by ${names} names` : ''}`);
    },
  });
  return { limits, counted, rateWindows };
}
