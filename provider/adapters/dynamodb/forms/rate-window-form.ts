import type { OpenQuestion } from '../../../core/asking/open-question.ts';
import type { UserCodeAttempt } from '../../../core/asking/user-code.ts';
import type { Key, Stored } from '../items.ts';

// The stored form of rate windows, in Transactions.

export const HOUR_SECONDS = 3600;
const HOUR_PREFIX = 'HOUR#';
const SILENT_PREFIX = 'SILENT#';

/** The count of an hour. The item has one more attribute for each minute, `m` and its number. */
export type RateWindowForm = {
  readonly count?: number;
  /** How many unknown users a client named in this hour. */
  readonly unknown?: number;
  /** Until when a client is refused, because it named too many. */
  readonly refused_until?: number;
  readonly ttl: number;
  readonly counted_by?: string;
};

export const userWindows = (sub: string): string => `RATE#user#${sub}`;
/** Returns one of the partitions over which the counter of a client is spread. */
export const clientWindows = (clientId: string, shard: number): string => `RATE#client#${clientId}#${shard}`;
export const rateWindowKey = (pk: string, hour: number): Key<RateWindowForm> => ({ pk, sk: `${HOUR_PREFIX}${hour}` });
/**
 * Returns the window of a client that the user reported. It is beside the windows of the user, and limits nobody else.
 */
export const silentWindowKey = (by: { sub: string; clientId: string }, hour: number): Key<RateWindowForm> => ({
  pk: userWindows(by.sub),
  sk: `${SILENT_PREFIX}${by.clientId}#${HOUR_PREFIX}${hour}`,
});
/** How many long-lived requests a user got in a day. */
export type LongWindowForm = {
  readonly count?: number;
  readonly ttl: number;
  readonly counted_by?: string;
  readonly given_back_by?: string;
};
const LONG_PREFIX = 'LONG#';
/** Returns the window of a day. That of a client which the user reported is beside it. */
export const longWindowKey = (by: { sub: string; clientId?: string }, day: number): Key<LongWindowForm> => ({
  pk: userWindows(by.sub),
  sk: by.clientId === undefined ? `${LONG_PREFIX}${day}` : `${LONG_PREFIX}${SILENT_PREFIX}${by.clientId}#${day}`,
});
/** Returns the number of the day since 1970, and the client of a silent window. */
export function longWindowFrom({ sk }: { sk: string }): {
  readonly clientId: string | undefined;
  readonly day: number;
} {
  const [silent, clientId] = sk.slice(LONG_PREFIX.length).split('#');
  return { clientId: `${silent}#` === SILENT_PREFIX ? clientId : undefined, day: lastNumberOf(sk) };
}
/** How many user codes a client sent for a user in a day, without those that were right. */
export type UserCodeAttemptsForm = {
  readonly count?: number;
  readonly ttl: number;
  readonly counted_by?: string;
  readonly given_back_by?: string;
};
const CODE_PREFIX = 'CODE#';
/** What stands for the id of a code where there is none. No id begins like this. */
const NO_CODE = '-';
export const userCodeAttemptsKey = (attempt: UserCodeAttempt, day: number): Key<UserCodeAttemptsForm> => ({
  pk: userWindows(attempt.sub),
  sk: `${CODE_PREFIX}${attempt.clientId}#${attempt.codeId ?? NO_CODE}#${day}`,
});
/** Returns the client and the number of the day since 1970. */
export function userCodeAttemptsFrom({ sk }: { sk: string }): { readonly clientId: string; readonly day: number } {
  const [clientId = '', , day] = sk.slice(CODE_PREFIX.length).split('#');
  return { clientId, day: Number(day) };
}
/** That a client has an open request with a user, until it is decided or expires. */
export type OpenRequestForm = {
  readonly expires_at: number;
  /** The id of the request, or the mark of one that a reported client made. An earlier version did not write it. */
  readonly request_id?: string;
  /** When it was opened. */
  readonly opened_at?: number;
  /** Until when the client is told that the request is open. An earlier version did not write it. */
  readonly told_until?: number;
  readonly ttl: number;
  readonly opened_by?: string;
};
const OPEN_PREFIX = 'OPEN#';
export const openRequestKey = (by: { sub: string; clientId: string }): Key<OpenRequestForm> => ({
  pk: userWindows(by.sub),
  sk: `${OPEN_PREFIX}${by.clientId}`,
});
/**
 * The open questions of a person, each as `<expires_at>#<client_id>#<id>`, and `#silent` at its end if it is silent.
 * Those that expired are taken out now and then.
 */
export type OpenQuestionsForm = { readonly open?: ReadonlySet<string>; readonly ttl: number };
export const openQuestionsKey = (sub: string): Key<OpenQuestionsForm> => ({ pk: userWindows(sub), sk: OPEN_PREFIX });
export const questionText = ({ id, clientId, expiresAt, isSilent }: OpenQuestion): string =>
  [expiresAt, clientId, id, ...(isSilent ? ['silent'] : [])].join('#');
export function questionFrom(text: string): OpenQuestion {
  const [expiresAt, clientId = '', id = '', silent] = text.split('#');
  return { id, clientId, expiresAt: Number(expiresAt), ...(silent && { isSilent: true }) };
}
/** Whether an item beside the windows of a user is a window. */
export const isWindow = ({ sk }: { sk: string }): boolean => !/^(?:OPEN|CODE|LONG)#/.test(sk);
/** Whether an item beside the windows of a user counts long-lived requests. */
export const isLongWindow = (item: { sk: string }): item is Stored<LongWindowForm> => item.sk.startsWith(LONG_PREFIX);
/** Whether an item beside the windows of a user counts user codes. */
export const isUserCodeAttempts = (item: { sk: string }): item is Stored<UserCodeAttemptsForm> =>
  item.sk.startsWith(CODE_PREFIX);
/** Returns the number of the hour since 1970. */
export const hourOf = ({ sk }: { sk: string }): number => lastNumberOf(sk);
/** Returns the client of a silent window. Undefined for a window of a user. */
export const silentClientOf = ({ sk }: { sk: string }): string | undefined =>
  sk.startsWith(SILENT_PREFIX) ? sk.slice(SILENT_PREFIX.length).split('#')[0] : undefined;
export const minuteAttribute = (minute: number): `m${number}` => `m${minute}`;
export const minuteOf = (attribute: string): number => Number(attribute.slice(1));

function lastNumberOf(sk: string): number {
  return Number(sk.slice(sk.lastIndexOf('#') + 1));
}
