import * as v from 'valibot';
import { wholeMessagePattern } from '../core/asking/binding-message.ts';
import { SHORTEST_PUBLICATION_SECONDS } from '../core/keys/signing-key.ts';
import type { NotificationPorts } from '../core/notifying/notification-endpoint.ts';
import { DEFAULTS } from '../core/operating/defaults.ts';
import type { Whole } from '../core/whole.ts';
import type { Settings } from '../flows/ports.ts';
import { type Environment, environment, json, required } from './config.ts';

/** A positive integer: a count, or a number of seconds. */
const positive = v.pipe(v.number(), v.integer(), v.minValue(1));

/** A limit that can be switched off. */
function orOff<Schema extends v.GenericSchema>(limit: Schema, byDefault: v.InferInput<Schema>) {
  return v.optional(v.union([v.literal('off'), limit]), byDefault);
}

const requestLimits = v.strictObject({
  defaultExpiry: v.optional(positive, DEFAULTS.expirySeconds),
  expiryLimit: v.optional(positive, DEFAULTS.expiryLimitSeconds),
  interval: v.optional(positive, DEFAULTS.intervalSeconds),
  // Limits against push fatigue. `off` is only for test runs on one machine.
  perUser: orOff(v.strictObject({ perMinute: positive, perHour: positive }), DEFAULTS.userLimits),
  /** Requests a minute of a client that was registered without a limit. */
  perClient: orOff(positive, DEFAULTS.clientRequestsPerMinute),
  /** Unknown users that a client may name within an hour. */
  unknownUsers: orOff(positive, DEFAULTS.unknownUsers),
  /** How long a client pauses after a denial, in seconds. */
  denialPause: orOff(v.strictObject({ first: positive, longest: positive }), {
    first: DEFAULTS.denialPause.firstSeconds,
    longest: DEFAULTS.denialPause.longestSeconds,
  }),
  /** Whether a denial that reports fraud blocks the client. */
  fraudBlocks: v.optional(v.picklist(['on', 'off']), 'on'),
  /** Whether a client may have only one request open with each user. */
  oneOpenRequest: v.optional(v.picklist(['on', 'off']), 'off'),
});

const tokenLifetimes = v.strictObject({
  idToken: v.optional(positive, DEFAULTS.idTokenSeconds),
  accessToken: v.optional(positive, DEFAULTS.accessTokenSeconds),
});

const keyRotation = v.strictObject({
  rotateAfter: v.optional(positive, DEFAULTS.rotateAfterSeconds),
  publishBeforeUse: v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(SHORTEST_PUBLICATION_SECONDS)),
    DEFAULTS.publishBeforeUseSeconds,
  ),
  retireFor: v.optional(positive, DEFAULTS.retireForSeconds),
});

const acrPolicy = v.array(v.strictObject({ acr: v.string(), anyOf: v.array(v.string()) }));

const auditOutage = v.picklist(['refuse', 'proceed'], 'the environment variable AUDIT_OUTAGE is refuse or proceed');

const bindingMessages = v.picklist(
  ['standard', 'strict'],
  'the environment variable BINDING_MESSAGES is standard or strict',
);

/** Reads the ports besides 443, separated by commas. `any` is for clients on the developer's machine. */
function notificationPorts(ports: string): NotificationPorts {
  return ports === 'any' ? ports : ports.split(',').filter(Boolean).map(Number);
}

/** Reads the provider's settings. A malformed setting stops the function at start, and the error names it. */
export function readSettings(env: Environment = environment): Whole<Settings> {
  const limits = json(env, 'REQUEST_LIMITS', requestLimits);
  const lifetimes = json(env, 'TOKEN_LIFETIMES', tokenLifetimes);
  const rotation = json(env, 'KEY_ROTATION', keyRotation);
  if (limits.defaultExpiry > limits.expiryLimit)
    throw new Error('REQUEST_LIMITS: defaultExpiry must not exceed expiryLimit');
  const pattern = env['BINDING_MESSAGE_PATTERN'];
  return {
    issuer: required(env, 'ISSUER'),
    previousIssuers: json(env, 'PREVIOUS_ISSUERS', v.array(v.string())),
    expiry: { default: limits.defaultExpiry, limit: limits.expiryLimit },
    intervalSeconds: limits.interval,
    bindingMessagePattern: pattern ? wholeMessagePattern(pattern) : undefined,
    bindingMessages: v.parse(bindingMessages, env['BINDING_MESSAGES'] || 'standard'),
    notificationPorts: notificationPorts(env['NOTIFICATION_PORTS'] || ''),
    userLimits: unlessOff(limits.perUser),
    clientLimits: { requestsPerMinute: unlessOff(limits.perClient), unknownUsers: unlessOff(limits.unknownUsers) },
    denialPause: pauseFrom(unlessOff(limits.denialPause)),
    blocksReported: limits.fraudBlocks === 'on',
    hasOneOpenRequest: limits.oneOpenRequest === 'on',
    lifetimes: { idTokenSeconds: lifetimes.idToken, accessTokenSeconds: lifetimes.accessToken },
    acrPolicy: json(env, 'ACR_POLICY', acrPolicy),
    ticketLifetimeSeconds: DEFAULTS.ticketLifetimeSeconds,
    rotation: {
      rotateAfterSeconds: rotation.rotateAfter,
      publishBeforeUseSeconds: rotation.publishBeforeUse,
      retireForSeconds: rotation.retireFor,
      keepPublicForSeconds: DEFAULTS.keepPublicKeysSeconds,
    },
    auditOutage: v.parse(auditOutage, env['AUDIT_OUTAGE'] || 'refuse'),
  };
}

function unlessOff<Limit>(limit: Limit | 'off'): Limit | undefined {
  return limit === 'off' ? undefined : limit;
}

function pauseFrom(pause: { first: number; longest: number } | undefined): Settings['denialPause'] {
  return pause && { firstSeconds: pause.first, longestSeconds: pause.longest };
}
