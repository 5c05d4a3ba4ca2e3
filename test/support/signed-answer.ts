import { createHash } from 'node:crypto';
import { lifeOf, type Phone } from '../../local/demo/phone.ts';
import type { Answer, World } from './world.ts';

/** An answer of a phone, as a test wants it. */
export type SignedAnswer = {
  readonly requestId: string;
  /** The frozen bytes that the phone was shown. */
  readonly bytes: Uint8Array;
  /** Claims that are added to the good ones, or take their place. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** The request to whose address the answer is sent. Default: the one that it is signed for. */
  readonly sentTo?: string;
  /** The key that signs. Default: the possession key. */
  readonly by?: 'possession' | 'verification';
};

/** Signs an approval with a phone's key as docs/device-api.md says, changed as the test wants it, and sends it. */
export async function sendAnswer(
  world: World,
  phone: Phone,
  { requestId, bytes, claims = {}, sentTo = requestId, by }: SignedAnswer,
): Promise<Answer> {
  const good = {
    iss: phone.identity.deviceId,
    sub: phone.identity.sub,
    request_id: requestId,
    decision: 'approve',
    details_hash: createHash('sha256').update(bytes).digest('base64url'),
    ...lifeOf(world.issuer, () => world.runtime.now()),
  };
  const response = await phone.sign('ciba-response+jwt', { ...good, ...claims }, by);
  return world.send(`/device/requests/${sentTo}/response`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ response }),
  });
}
