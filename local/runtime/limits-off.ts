/** The value of `REQUEST_LIMITS` that switches off every limit that protects users from requests. */
export const LIMITS_OFF = {
  perUser: 'off',
  perClient: 'off',
  unknownUsers: 'off',
  denialPause: 'off',
  fraudBlocks: 'off',
} as const;
