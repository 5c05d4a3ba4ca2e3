/** Seconds that are added to the polling interval of a client that polls too fast (CIBA §11). */
export const SLOW_DOWN_SECONDS = 5;
