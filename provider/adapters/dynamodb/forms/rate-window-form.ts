import type { Key } from '../items.ts';

// The stored form of rate windows, in Transactions.

export const HOUR_SECONDS = 3600;
const HOUR_PREFIX = 'HOUR#';

/** The count of an hour. The item has one more attribute for each minute, `m` and its number. */
export type RateWindowForm = { readonly count?: number; readonly ttl: number; readonly counted_by?: string };

export const userWindows = (sub: string): string => `RATE#user#${sub}`;
export const rateWindowKey = (pk: string, hour: number): Key<RateWindowForm> => ({ pk, sk: `${HOUR_PREFIX}${hour}` });
/** Returns the number of the hour since 1970. */
export const hourOf = ({ sk }: { sk: string }): number => Number(sk.slice(HOUR_PREFIX.length));
export const minuteAttribute = (minute: number): `m${number}` => `m${minute}`;
export const minuteOf = (attribute: string): number => Number(attribute.slice(1));
