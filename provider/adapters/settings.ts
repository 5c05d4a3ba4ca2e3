import * as v from 'valibot';
import { wholeMessagePattern } from '../core/asking/binding-message.ts';
import { LONGEST_EXPIRY_SECONDS } from '../core/asking/expiry.ts';
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

function onOff(byDefault: 'on' | 'off') {
  return v.optional(v.picklist(['on', 'off']), byDefault);
}

const requestLimits = v.strictObject({
  defaultExpiry: v.optional(positive, DEFAULTS.expirySeconds),
  expiryLimit: v.optional(v.pipe(positive, v.maxValue(LONGEST_EXPIRY_SECONDS)), DEFAULTS.expiryLimitSeconds),
  interval: v.optional(positive, DEFAULTS.intervalSeconds),
  // Limits against push fatigue. `off` is only for test runs on one machine.
  perUser: orOff(
    v.strictObject({
      perMinute: positive,
      perHour: positive,
      longPerDay: v.optional(positive, DEFAULTS.userLimits.longPerDay),
    }),
    DEFAULTS.userLimits,
  ),
  /**
   * Requests a minute of a client that was registered without a limit. No deployment sets `all-off`, where the limits of
   * registrations do not count either.
   */
  perClient: v.optional(v.union([v.picklist(['off', 'all-off']), positive]), DEFAULTS.clientRequestsPerMinute),
  /** Unknown users that a client may name within an hour. */
  unknownUsers: orOff(positive, DEFAULTS.unknownUsers),
  /** Wrong user codes that a client may send for one user within a day. */
  wrongUserCodes: v.optional(positive, DEFAULTS.wrongUserCodes),
  /** How long a client pauses after a denial, in seconds. */
  denialPause: orOff(v.strictObject({ first: positive, longest: positive }), {
    first: DEFAULTS.denialPause.firstSeconds,
    longest: DEFAULTS.denialPause.longestSeconds,
  }),
  /** Whether a denial that reports fraud blocks the client. */
  fraudBlocks: onOff('on'),
  /** Whether a client may have only one request open with each user. */
  oneOpenRequest: onOff('off'),
  /** Whether a client gets the same answers for people whom it may not or cannot ask. */
  concealUsers: onOff('off'),
  /** Whether a request needs a binding message while the user has another one open. */
  messageWhileOpen: onOff('off'),
  /** Whether phones are reminded of a request of more than half an hour before it ends. */
  reminders: onOff('on'),
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

/** As in a settings file. The construct has checked the keys. */
const hintIssuers = v.array(
  v.strictObject({
    issuer: v.string(),
    jwks: v.optional(v.object({ keys: v.array(v.looseObject({ kty: v.string() })) })),
    jwksUri: v.optional(v.string()),
    audience: v.optional(v.string()),
  }),
);

const acrPolicy = v.array(
  v.strictObject({ acr: v.string(), anyOf: v.array(v.string()), needsVerificationKey: v.optional(v.boolean()) }),
);

/** Reads a variable that is one of some words. The first one is the default. */
function wordOf<const Word extends string>(env: Environment, name: string, words: readonly [Word, ...Word[]]): Word {
  return v.parse(v.picklist(words, `the environment variable ${name} is ${words.join(' or ')}`), env[name] || words[0]);
}

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
  if (limits.concealUsers === 'on' && (limits.oneOpenRequest === 'on' || limits.messageWhileOpen === 'on'))
    throw new Error('REQUEST_LIMITS: concealUsers excludes oneOpenRequest and messageWhileOpen');
  const pattern = env['BINDING_MESSAGE_PATTERN'];
  return {
    issuer: required(env, 'ISSUER'),
    previousIssuers: json(env, 'PREVIOUS_ISSUERS', v.array(v.string())),
    expiry: { default: limits.defaultExpiry, limit: limits.expiryLimit },
    intervalSeconds: limits.interval,
    bindingMessagePattern: pattern ? wholeMessagePattern(pattern) : undefined,
    bindingMessages: wordOf(env, 'BINDING_MESSAGES', ['standard', 'strict']),
    notificationPorts: notificationPorts(env['NOTIFICATION_PORTS'] || ''),
    userLimits: unlessOff(limits.perUser),
    clientLimits: clientLimitsFrom(limits),
    wrongUserCodes: limits.wrongUserCodes,
    denialPause: pauseFrom(unlessOff(limits.denialPause)),
    blocksReported: limits.fraudBlocks === 'on',
    hasOneOpenRequest: limits.oneOpenRequest === 'on',
    concealsUsers: limits.concealUsers === 'on',
    needsMessageWhileOpen: limits.messageWhileOpen === 'on',
    reminds: limits.reminders === 'on',
    lifetimes: { idTokenSeconds: lifetimes.idToken, accessTokenSeconds: lifetimes.accessToken },
    clientSecretDays: optionalNumber(env['CLIENT_SECRET_DAYS']),
    hintIssuers: hintIssuersIn(env),
    acrPolicy: json(env, 'ACR_POLICY', acrPolicy),
    ticketLifetimeSeconds: DEFAULTS.ticketLifetimeSeconds,
    rotation: {
      rotateAfterSeconds: rotation.rotateAfter,
      publishBeforeUseSeconds: rotation.publishBeforeUse,
      retireForSeconds: rotation.retireFor,
      keepPublicForSeconds: DEFAULTS.keepPublicKeysSeconds,
    },
    auditOutage: wordOf(env, 'AUDIT_OUTAGE', ['refuse', 'proceed']),
  };
}

function hintIssuersIn(env: Environment): Settings['hintIssuers'] {
  const issuers = json(env, 'LOGIN_HINT_TOKEN_ISSUERS', hintIssuers);
  return issuers.map(({ jwks, ...trusted }) => ({ ...trusted, keys: jwks?.keys ?? [] }));
}

function optionalNumber(text: string | undefined): number | undefined {
  return text ? v.parse(positive, Number(text)) : undefined;
}

function unlessOff<Limit>(limit: Limit | 'off'): Limit | undefined {
  return limit === 'off' ? undefined : limit;
}

function clientLimitsFrom({ perClient, unknownUsers }: v.InferOutput<typeof requestLimits>): Settings['clientLimits'] {
  return {
    requestsPerMinute: typeof perClient === 'number' ? perClient : undefined,
    unknownUsers: unlessOff(unknownUsers),
    ignoresRegistered: perClient === 'all-off',
  };
}

function pauseFrom(pause: { first: number; longest: number } | undefined): Settings['denialPause'] {
  return pause && { firstSeconds: pause.first, longestSeconds: pause.longest };
}
