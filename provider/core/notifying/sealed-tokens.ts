/** The purpose in the encryption context of every delivery key. A role may use KMS for this purpose only. */
export const DELIVERY_KEY_PURPOSE = 'ciba-delivery-key';

/** The encryption context to which KMS binds a delivery key. */
export const deliveryContext = (kid: string) => ({ purpose: DELIVERY_KEY_PURPOSE, kid });

/**
 * The tokens of a push client as they are stored from their redemption until they are delivered: the whole body of the
 * notification, sealed. Every try to deliver sends these bytes, so there are never two sets of tokens for one approval.
 */
export type SealedTokens = {
  /** The delivery key that seals the body. */
  readonly kid: string;
  /** Nonce, ciphertext and tag. */
  readonly bytes: Uint8Array;
  /** Until when they are worth a delivery, in epoch seconds: half of the access token's life. */
  readonly until: number;
};

/**
 * Returns what the seal is bound to, as additional authenticated data. So the tokens of one request are never sent for
 * another.
 */
export function sealContext({ requestId, kid }: { requestId: string; kid: string }): string {
  return JSON.stringify([DELIVERY_KEY_PURPOSE, requestId, kid]);
}
