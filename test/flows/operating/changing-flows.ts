import { createClient, removeClient, updateClient } from '../../../provider/flows/client/manage-clients.ts';
import { createTicket, endTickets } from '../../../provider/flows/device/manage-tickets.ts';
import { setLogLevel } from '../../../provider/flows/operating/manage-log-level.ts';
import { eraseUser } from '../../../provider/flows/person/erase-user.ts';
import { exportUser, readEvidenceKeys } from '../../../provider/flows/person/export-user.ts';
import { unblockClient } from '../../../provider/flows/person/manage-blocks.ts';
import { removeUserCode, setUserCode } from '../../../provider/flows/person/manage-user-code.ts';
import { createUser, removeUser, removeUserDevice, updateUser } from '../../../provider/flows/person/manage-users.ts';
import { NOW } from '../../core/given.ts';
import { ANA_WITH_TICKET } from '../device/given.ts';
import { DAY, deliveryKeyAt, keyIn } from '../keys/given.ts';
import { BANK } from '../world/clients.ts';
import { deviceNamed } from '../world/devices.ts';
import { CODE_OF_ANA } from '../world/user-codes.ts';
import { ANA } from '../world/world.ts';
import {
  answers,
  approvedBy,
  blocks,
  clients,
  deliveryKeys,
  enrolledAs,
  enrolsFirst,
  keys,
  levels,
  MINE,
  phones,
  REPORTED,
  records,
  STEADY,
  type Started,
  userCodes,
  users,
} from './changing-worlds.ts';

// Every flow that changes what is stored, in the ways that it can go.

/** A way in which a flow can go. */
export type ChangingFlow = {
  /** The name of the function, then what is special. */
  readonly name: string;
  /** It only takes rights away. */
  readonly takesAway?: true;
  /** It is refused, or there is nothing to do. */
  readonly changesNothing?: true;
  /** Nobody knows whether it was made. */
  readonly isUnclear?: true;
  start(): Started;
};

const BY = 'operator';
const taking = { takesAway: true } as const;
const idle = { changesNothing: true } as const;
const SHOP = { client_name: 'Shop', token_endpoint_auth_method: 'client_secret_basic' } as const;
const RENAMED = { clientId: 'bank', metadata: { client_name: 'Other' }, newSecret: true, by: BY };
const WITH_NEWER_TICKET = { ...ANA, ticket: { hash: 'newer', issuedAt: NOW, expiresAt: NOW + 600 } };
const REVOKED = keyIn('revoked', 'bad', { goneAt: NOW });

const DECISIONS: readonly ChangingFlow[] = [
  { name: 'answerRequest: approve', start: () => answers('approve') },
  { name: 'answerRequest: deny', ...taking, start: () => answers('deny') },
  { name: 'answerRequest: approve, without an evidence key', start: () => answers('approve', { isFirst: true }) },
  {
    name: 'answerRequest: deny for fraud',
    ...taking,
    start: () => answers('deny', { reason: 'fraud' }),
  },
  {
    name: 'answerRequest: deny for fraud, while another phone approves',
    ...taking,
    start: () => answers('deny', { reason: 'fraud', meanwhile: approvedBy('tablet') }),
  },
  {
    name: 'answerRequest: approve, while another phone does',
    ...idle,
    start: () => answers('approve', { meanwhile: approvedBy('tablet') }),
  },
  {
    name: 'answerRequest: approve, twice at once',
    ...idle,
    start: () => answers('approve', { meanwhile: approvedBy('phone') }),
  },
  {
    name: 'answerRequest: approve again',
    ...idle,
    ...taking,
    start: () => answers('approve', { request: approvedBy('phone') }),
  },
  {
    name: 'answerRequest: deny what is approved',
    ...idle,
    ...taking,
    start: () => answers('deny', { request: approvedBy('phone') }),
  },
];

const CLIENTS: readonly ChangingFlow[] = [
  { name: 'createClient', start: () => clients((ports) => createClient(ports, SHOP, BY)) },
  {
    name: 'createClient: the id is taken',
    ...idle,
    start: () => clients((ports) => createClient(ports, { ...SHOP, client_id: 'bank' }, BY)),
  },
  { name: 'updateClient', start: () => clients((ports) => updateClient(ports, RENAMED)) },
  {
    name: 'updateClient: while another changes it',
    start: () =>
      clients((ports) => updateClient(ports, RENAMED), {
        meanwhile: (stored) => ['replace', () => stored.set('bank', { ...BANK, scopes: ['openid'] })],
      }),
  },
  {
    name: 'updateClient: perhaps made, then set back',
    ...idle,
    isUnclear: true,
    start: () =>
      clients((ports) => updateClient(ports, RENAMED), {
        meanwhile: (stored) => ['replace', () => stored.set('bank', { ...BANK })],
        isRepeated: true,
      }),
  },
  {
    name: 'updateClient: while another removes it',
    ...idle,
    start: () =>
      clients((ports) => updateClient(ports, RENAMED), {
        meanwhile: (stored) => ['replace', () => stored.delete('bank')],
      }),
  },
  { name: 'removeClient', ...taking, start: () => clients((ports) => removeClient(ports, 'bank', BY)) },
  {
    name: 'removeClient: there is none',
    ...taking,
    ...idle,
    start: () => clients((ports) => removeClient(ports, 'nobody', BY)),
  },
];

const USERS: readonly ChangingFlow[] = [
  { name: 'createUser', start: () => users((ports) => createUser(ports, { name: 'Bo' }, BY)) },
  {
    name: 'createUser: the address is taken',
    ...idle,
    start: () => users((ports) => createUser(ports, { email: 'ana@example.com' }, BY)),
  },
  {
    name: 'updateUser',
    start: () => users((ports) => updateUser(ports, { sub: 'ana', profile: { name: 'Anna' }, by: BY })),
  },
  {
    name: 'updateUser: block',
    ...taking,
    start: () => users((ports) => updateUser(ports, { sub: 'ana', profile: { blocked: true }, by: BY })),
  },
  {
    name: 'updateUser: block, and an address',
    start: () =>
      users((ports) =>
        updateUser(ports, { sub: 'ana', profile: { blocked: true, email: 'other@example.com' }, by: BY }),
      ),
  },
  {
    name: 'updateUser: while another changes it',
    start: () =>
      users((ports) => updateUser(ports, { sub: 'ana', profile: { name: 'Anna' }, by: BY }), {
        meanwhile: (all) => ['replace', () => all.set('ana', { ...ANA_WITH_TICKET, status: 'blocked' })],
      }),
  },
  {
    name: 'updateUser: perhaps made, then set back',
    ...idle,
    isUnclear: true,
    start: () =>
      users((ports) => updateUser(ports, { sub: 'ana', profile: { name: 'Anna' }, by: BY }), {
        meanwhile: (all) => ['replace', () => all.set('ana', { ...ANA_WITH_TICKET })],
        isRepeated: true,
      }),
  },
  {
    name: 'updateUser: while another removes it',
    ...idle,
    start: () =>
      users((ports) => updateUser(ports, { sub: 'ana', profile: { name: 'Anna' }, by: BY }), {
        meanwhile: (all) => ['replace', () => all.delete('ana')],
      }),
  },
  { name: 'removeUser', ...taking, start: () => users((ports) => removeUser(ports, 'ana', BY)) },
  {
    name: 'removeUser: the devices are left of an earlier removal',
    ...taking,
    start: () => users((ports) => removeUser(ports, 'ana', BY), { isRemoved: true }),
  },
  {
    name: 'removeUserDevice',
    ...taking,
    start: () => users((ports) => removeUserDevice(ports, { sub: 'ana', deviceId: 'phone', by: BY })),
  },
  {
    name: 'unblockClient',
    start: () => blocks((ports) => unblockClient(ports, { sub: 'ana', clientId: 'bank', by: BY })),
  },
  {
    name: 'unblockClient: while the user reports it again',
    ...idle,
    start: () =>
      blocks((ports) => unblockClient(ports, { sub: 'ana', clientId: 'bank', by: BY }), {
        meanwhile: (stored) => [
          'end block',
          () => stored.set('ana bank', { ...REPORTED, report: { at: NOW, requestId: 'request-2' } }),
        ],
      }),
  },
  {
    name: 'setUserCode',
    start: () => userCodes((ports) => setUserCode(ports, { sub: 'ana', code: '0815', by: BY })),
  },
  {
    name: 'setUserCode: there is none',
    start: () => userCodes((ports) => setUserCode(ports, { sub: 'ana', code: '0815', by: BY }), { hasNone: true }),
  },
  {
    name: 'setUserCode: while another sets it',
    ...idle,
    start: () =>
      userCodes((ports) => setUserCode(ports, { sub: 'ana', code: '0815', by: BY }), {
        meanwhile: (codes) => ['set user code', () => codes.set('ana', { ...CODE_OF_ANA, codeId: 'code-2' })],
      }),
  },
  { name: 'removeUserCode', start: () => userCodes((ports) => removeUserCode(ports, 'ana', BY)) },
  {
    name: 'removeUserCode: while another changes it',
    ...idle,
    start: () =>
      userCodes((ports) => removeUserCode(ports, 'ana', BY), {
        meanwhile: (codes) => ['remove user code', () => codes.set('ana', { ...CODE_OF_ANA, codeId: 'code-2' })],
      }),
  },
  { name: 'createTicket', start: () => users((ports) => createTicket(ports, 'ana', BY)) },
  {
    name: 'createTicket: while another blocks the user',
    ...idle,
    start: () =>
      users((ports) => createTicket(ports, 'ana', BY), {
        meanwhile: (all) => ['issue ticket', () => all.set('ana', { ...ANA, status: 'blocked' })],
      }),
  },
  { name: 'endTickets', ...taking, start: () => users((ports) => endTickets(ports, 'ana', BY)) },
  {
    name: 'endTickets: while another makes a new one',
    ...taking,
    ...idle,
    start: () =>
      users((ports) => endTickets(ports, 'ana', BY), {
        meanwhile: (all) => ['end ticket', () => all.set('ana', WITH_NEWER_TICKET)],
      }),
  },
  {
    name: 'endTickets: perhaps made, then another makes a new one',
    ...taking,
    ...idle,
    isUnclear: true,
    start: () =>
      users((ports) => endTickets(ports, 'ana', BY), {
        meanwhile: (all) => ['end ticket', () => all.set('ana', WITH_NEWER_TICKET)],
        isRepeated: true,
      }),
  },
  {
    name: 'endTickets: there is none',
    ...taking,
    ...idle,
    start: () => users((ports) => endTickets(ports, 'ana', BY), { ana: ANA }),
  },
];

const RECORDS: readonly ChangingFlow[] = [
  { name: 'exportUser', start: () => records((ports) => exportUser(ports, 'ana', BY)) },
  { name: 'readEvidenceKeys', start: () => records((ports) => readEvidenceKeys(ports, 'ana', BY)) },
  { name: 'eraseUser', start: () => records((ports) => eraseUser(ports, 'ana', BY)) },
  {
    name: 'eraseUser: while another removes it',
    start: () =>
      records(
        (ports) => eraseUser(ports, 'ana', BY),
        ({ users: all }) => ['close user', () => all.delete('ana')],
      ),
  },
  {
    name: 'eraseUser: while the subject gets another person',
    start: () =>
      records(
        (ports) => eraseUser(ports, 'ana', BY),
        ({ users: all }) => ['close user', () => all.set('ana', { ...ANA, profileId: 'profile-2' })],
      ),
  },
];

const PHONES: readonly ChangingFlow[] = [
  { name: 'enrolDevice', start: () => phones(({ enrol }) => enrol('new')) },
  {
    name: 'enrolDevice: the push token is refused',
    ...idle,
    start: () => phones(({ enrol }) => enrol('new', { claims: { push_token: 'unknown' } })),
  },
  ...[true, false].flatMap((isReported): ChangingFlow[] => {
    const ana = enrolledAs('mine', isReported);
    const told = isReported ? 'told' : 'not told';
    return [
      {
        name: `enrolDevice: again, the first is ${told}`,
        start: () => phones(({ enrol }) => enrol('new'), { users: [ana], devices: [deviceNamed('phone'), MINE] }),
      },
      {
        name: `enrolDevice: twice at once, the other is ${told}`,
        start: () => phones(({ enrol }) => enrol('new'), { meanwhile: enrolsFirst(ana) }),
      },
    ];
  }),
  {
    name: 'enrolDevice: another phone is first',
    ...idle,
    start: () => phones(({ enrol }) => enrol('new'), { meanwhile: enrolsFirst(enrolledAs('mine', true, 'other')) }),
  },
  {
    name: 'updateDevice',
    start: () => phones(({ update }) => update({ name: 'Renamed', push_token: 'fresh' })),
  },
  {
    name: 'updateDevice: the push token is refused',
    ...idle,
    start: () => phones(({ update }) => update({ name: 'Renamed', push_token: 'unknown' })),
  },
  {
    name: 'updateDevice: while another removes it',
    ...idle,
    start: () =>
      phones(({ update }) => update({ name: 'Renamed' }), {
        meanwhile: ({ devices }) => ['update', () => devices.delete('phone')],
      }),
  },
  { name: 'setOwnUserCode', start: () => phones(({ setCode }) => setCode('0815')) },
  { name: 'removeDevice', ...taking, start: () => phones(({ remove }) => remove()) },
];

const KEYS: readonly ChangingFlow[] = [
  { name: 'rotateKeys: by force', start: () => keys(({ rotate }) => rotate(true)) },
  { name: 'rotateKeys: the first keys', start: () => keys(({ rotate }) => rotate(), { given: [] }) },
  {
    name: 'rotateKeys: what is over',
    ...taking,
    start: () =>
      keys(({ rotate }) => rotate(), {
        given: [
          ...STEADY,
          keyIn('retiring', 'tired', { goneAt: NOW }),
          keyIn('gone', 'forgotten', { goneAt: NOW - 30 * DAY }),
        ],
      }),
  },
  {
    name: 'rotateKeys: an interrupted revocation',
    ...taking,
    start: () => keys(({ rotate }) => rotate(), { given: [...STEADY, REVOKED] }),
  },
  ...(['activate', 'retire', 'make'] as const).map(
    (call): ChangingFlow => ({
      name: `rotateKeys: another run is first at ${call}`,
      start: () =>
        keys(({ rotate }) => rotate(true), {
          meanwhile: ({ stored }) => [
            call,
            () => {
              stored.set('young', keyIn('active', 'young', { generation: 2, activeFrom: NOW }));
              stored.set('old', keyIn('retiring', 'old', { goneAt: NOW + DAY }));
              stored.set('theirs', keyIn('next', 'theirs', { generation: 3, createdAt: NOW }));
            },
          ],
        }),
    }),
  ),
  {
    name: 'rotateKeys: the successor is revoked before it is activated',
    start: () =>
      keys(({ rotate }) => rotate(true), {
        meanwhile: ({ stored, privateHalves }) => [
          'activate young',
          () => {
            stored.set('young', keyIn('revoked', 'young', { generation: 2, goneAt: NOW }));
            privateHalves.delete('young');
          },
        ],
      }),
  },
  { name: 'revokeKey', ...taking, start: () => keys(({ revoke }) => revoke('old')) },
  {
    name: 'revokeKey: it was interrupted',
    ...taking,
    start: () => keys(({ revoke }) => revoke('bad'), { given: [...STEADY, REVOKED] }),
  },
  {
    name: 'revokeKey: another run is first',
    ...taking,
    start: () =>
      keys(({ revoke }) => revoke('young'), {
        meanwhile: ({ stored, privateHalves }) => [
          'revoke young',
          () => {
            stored.set('young', keyIn('revoked', 'young', { generation: 2, goneAt: NOW }));
            privateHalves.delete('young');
          },
        ],
      }),
  },
];

const LEVELS: readonly ChangingFlow[] = [
  {
    name: 'setLogLevel: debug',
    start: () => levels((ports) => setLogLevel(ports, { level: 'debug', forSeconds: 600, by: BY })),
  },
  {
    name: 'setLogLevel: info',
    ...taking,
    start: () => levels((ports) => setLogLevel(ports, { level: 'info', forSeconds: undefined, by: BY })),
  },
];

const DELIVERY_KEYS: readonly ChangingFlow[] = [
  { name: 'rotateDeliveryKeys: the first key', start: () => deliveryKeys([]) },
  {
    name: 'rotateDeliveryKeys: another run is first',
    ...idle,
    start: () => deliveryKeys([], ({ stored }) => ['create', () => void stored.set(1, deliveryKeyAt(1, NOW))]),
  },
  {
    name: 'rotateDeliveryKeys: the end of a key',
    ...taking,
    start: () => deliveryKeys([deliveryKeyAt(1, NOW - 97 * DAY), deliveryKeyAt(2, NOW - 7 * DAY)]),
  },
];

/** All of them. */
export const CHANGING_FLOWS = [
  ...DECISIONS,
  ...CLIENTS,
  ...USERS,
  ...RECORDS,
  ...PHONES,
  ...KEYS,
  ...DELIVERY_KEYS,
  ...LEVELS,
];
