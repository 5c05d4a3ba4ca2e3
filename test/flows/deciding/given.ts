import type { AuthenticationRequest } from '../../../provider/core/deciding/authentication-request.ts';
import type { Device } from '../../../provider/core/device/device.ts';
import { requestIdOf, sha256 } from '../../../provider/core/digest.ts';
import type { ClientBlock } from '../../../provider/core/person/client-block.ts';
import type { EvidenceKey } from '../../../provider/core/person/evidence-key.ts';
import type { User } from '../../../provider/core/person/user.ts';
import type { TokenClaims } from '../../../provider/core/token/access-token.ts';
import {
  type AnswerPorts,
  answerRequest,
  listPendingRequests,
  readRequestDetails,
} from '../../../provider/flows/deciding/answer-request.ts';
import type { StoredDetails } from '../../../provider/flows/deciding/ports.ts';
import type { Settings } from '../../../provider/flows/ports.ts';
import { ISSUER, NOW, requestIn } from '../../core/given.ts';
import { blocksIn } from '../world/blocks.ts';
import { deviceNamed, devicesIn } from '../world/devices.ts';
import { openQuestionsIn } from '../world/open-questions.ts';
import { openRequestsIn } from '../world/open-requests.ts';
import { peopleIn } from '../world/people.ts';
import { evidenceKeyOf, evidenceKeysIn, evidenceSealIn } from '../world/records.ts';
import { decidableIn, requestsIn } from '../world/requests.ts';
import { keyNamed, signaturesIn } from '../world/signatures.ts';
import { ANA, startWorld } from '../world/world.ts';

export const REQUEST_ID = requestIdOf('auth-req-1');
export const SHOWN = '{"binding_message":"Pay 4711"}';
export const DETAILS: StoredDetails = {
  bytes: new TextEncoder().encode(SHOWN),
  hash: sha256(SHOWN),
  expiresAt: NOW + 100,
  registrationId: 'registration-1',
  asked: { clientId: 'bank', scopes: ['openid', 'email'], audience: ['https://api.example/'] },
};

/** A phone of Ana's, and a request that waits for her answer. */
export function decidingWorld(
  given: {
    users?: User[];
    devices?: Device[];
    request?: AuthenticationRequest;
    details?: Partial<StoredDetails>;
    evidenceKeys?: readonly (readonly [string, EvidenceKey])[];
    settings?: Partial<Settings>;
    blocks?: readonly ClientBlock[];
  } = {},
) {
  const world = startWorld(given.settings);
  const { journal, note } = world;
  const { blocks, blockRecords } = blocksIn(
    journal,
    given.blocks?.map((block) => ({ ...block, sub: 'ana' })),
  );
  const { questions, openQuestions } = openQuestionsIn(journal);
  const { people, users } = peopleIn(journal, given.users ?? [ANA], { blocks });
  const { devices, stored } = devicesIn(journal, given.devices ?? [deviceNamed('phone'), deviceNamed('tablet')]);
  const request = given.request ?? requestIn('pending', { sub: 'ana' });
  const { stored: requests, numbers } = requestsIn(journal, [{ ...request, requestId: REQUEST_ID }]);
  const { opened, openRequests } = openRequestsIn(journal, requests);
  const details = new Map([[REQUEST_ID, { ...DETAILS, ...given.details }]]);
  const { sign, verifier } = signaturesIn(journal);
  const { evidenceKeys, keys } = evidenceKeysIn(journal, given.evidenceKeys ?? [['ana', evidenceKeyOf('profile-1')]]);
  const { evidenceSeal, sealed } = evidenceSealIn();
  const announced: { requestId: string; clientId: string; correlationId: string }[] = [];
  const ports: AnswerPorts = {
    ...world.ports,
    people,
    devices,
    verifier,
    blockRecords,
    openRequests,
    openQuestions,
    numbers,
    requests: decidableIn(journal, requests, { details, users, devices: stored, keys }),
    evidenceKeys,
    evidenceSeal,
    announcements: journal.port({
      announce: async (decision) => {
        journal.begin(`announce to ${decision.clientId}`);
        announced.push(decision);
      },
    }),
  };
  const life = (jti: string) => ({ sub: 'ana', aud: ISSUER, iat: NOW, exp: NOW + 60, jti });
  /** A phone's answer, signed with its own key unless another is given. */
  const response = (deviceId: string, claims: TokenClaims = {}, key = keyNamed(deviceId)) =>
    sign({
      header: { typ: 'ciba-response+jwt' },
      claims: {
        ...life('response-1'),
        iss: deviceId,
        request_id: REQUEST_ID,
        decision: 'approve',
        details_hash: DETAILS.hash,
        ...claims,
      },
      key,
    });
  const send = (signed: string, requestId = REQUEST_ID) =>
    answerRequest(ports, { requestId, response: signed, correlationId: 'correlation-1', note });
  const answer = (deviceId: string, claims: TokenClaims = {}) => send(response(deviceId, claims));
  const callOf = (path: string) => {
    const claims = { ...life('read-1'), iss: 'phone', htm: 'GET', htu: `${ISSUER}${path}` };
    const assertion = sign({ header: { typ: 'ciba-device+jwt' }, claims, key: keyNamed('phone') });
    return { assertion, method: 'GET', path: `/${path}`, note };
  };
  const list = () => listPendingRequests(ports, callOf('device/requests'));
  const read = (requestId = REQUEST_ID) =>
    readRequestDetails(ports, { ...callOf(`device/requests/${requestId}`), requestId });
  return {
    ...world,
    ports,
    users,
    blocks,
    opened,
    questions,
    devices: stored,
    requests,
    announced,
    keys,
    sealed,
    response,
    send,
    answer,
    callOf,
    list,
    read,
  };
}

/** What the request of a world opened, where its client may have no other one open. */
export const OPENED = {
  requestId: REQUEST_ID,
  sub: 'ana',
  clientId: 'bank',
  expiresAt: NOW + 100,
  openedAt: NOW,
};
