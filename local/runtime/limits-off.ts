/** The value of `REQUEST_LIMITS` that switches off every limit, pause and block of requests and user codes. */
export const LIMITS_OFF = {
  perUser: 'off',
  perClient: 'all-off',
  unknownUsers: 'off',
  /** More than anybody sends. */
  wrongUserCodes: Number.MAX_SAFE_INTEGER,
  denialPause: 'off',
  fraudBlocks: 'off',
  oneOpenRequest: 'off',
  messageWhileOpen: 'off',
} as const;
