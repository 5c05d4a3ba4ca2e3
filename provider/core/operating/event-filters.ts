import { SYNTHETIC_ID } from './reserved.ts';

// Which writes of the tables may be events. Lambda compares the records of a stream with these patterns before it runs
// the function `events`, so that polls and everything else cost nothing, and secrets never reach the function. The local
// runtime compares them too. The rules of stored-change.ts decide in the end; the patterns only leave out what can never
// be an event. AWS documents patterns for the member `dynamodb` of a record alone, so they use no other.

/** A rule for a text: the text itself, its beginning, all texts but some, or that there is none. */
export type TextRule =
  | string
  | { readonly prefix: string }
  | { readonly 'anything-but': readonly string[] }
  | { readonly exists: false };
/** A pattern for records of a stream, in the syntax of Lambda: each list is met by one of its rules. */
export type RecordPattern = { readonly [Member in string]: RecordPattern | readonly TextRule[] };

const text = (...rules: readonly TextRule[]): RecordPattern => ({ S: rules });
const revoked = { pk: text({ prefix: 'REVOKED#' }), sk: text('REVOKED') };
const request = { pk: text({ prefix: 'REQUEST#' }), sk: text('REQUEST') };
/** The synthetic login has no events. It logs in all day. */
const byOthers = { client_id: text({ 'anything-but': [SYNTHETIC_ID] }) };

/**
 * The patterns for Transactions: a request that is new, that is decided or failed, an approval that is taken back, and an
 * access token that is revoked. A poll leaves a request pending. What TTL removes is no event.
 */
const transactions: readonly RecordPattern[] = [
  { dynamodb: { Keys: request, OldImage: { pk: text({ exists: false }) }, NewImage: byOthers } },
  {
    dynamodb: {
      Keys: request,
      OldImage: { state: text('pending') },
      NewImage: { ...byOthers, state: text('approved', 'denied', 'failed') },
    },
  },
  {
    dynamodb: {
      Keys: request,
      OldImage: { state: text('approved') },
      NewImage: { ...byOthers, state: text('failed') },
    },
  },
  { dynamodb: { Keys: revoked, OldImage: { pk: text({ exists: false }) }, NewImage: byOthers } },
];

/** The patterns for Directory: profiles, which name the devices of a user, and clients. */
const directory: readonly RecordPattern[] = [
  { dynamodb: { Keys: { pk: text({ prefix: 'USER#' }), sk: text('PROFILE') } } },
  { dynamodb: { Keys: { pk: text({ prefix: 'CLIENT#' }), sk: text('CLIENT') } } },
];

/** The patterns of each table. */
export const EVENT_FILTERS = { directory, transactions } as const;
