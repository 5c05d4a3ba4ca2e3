/** Seconds by which a client that polls too fast must slow down (CIBA §11). */
export const SLOW_DOWN_SECONDS = 5;
