import type { Settings } from '../../provider/flows/ports.ts';
import { NAMES } from '../core/given.ts';

// What the tests of the flows start from, besides what the rules start from.

export const SETTINGS: Settings = {
  ...NAMES,
  expiry: { default: 120, limit: 600 },
  intervalSeconds: 5,
  lifetimes: { idTokenSeconds: 60, accessTokenSeconds: 60 },
  acrPolicy: [],
  ticketLifetimeSeconds: 600,
  rotation: { rotateAfterSeconds: 1, publishBeforeUseSeconds: 1, retireForSeconds: 1, keepPublicForSeconds: 1 },
  auditOutage: 'refuse',
  clientLimits: { requestsPerMinute: undefined, unknownUsers: undefined },
  wrongUserCodes: 10,
  blocksReported: true,
  hasOneOpenRequest: false,
  concealsUsers: false,
  needsMessageWhileOpen: false,
  reminds: true,
};
