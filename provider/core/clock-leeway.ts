/** Seconds by which the clock of a client, a phone or a verifier may differ from the provider's. */
export const CLOCK_LEEWAY_SECONDS = 60;
