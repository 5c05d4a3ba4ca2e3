/** Tags of DER (ITU-T X.680 §8.4, X.690 §8). */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Makes an element of DER: tag, length, content. The length has as few bytes as possible. */
export function der(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  const digits = body.length.toString(16);
  const bytes = Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex');
  const length = body.length < 0x80 ? Buffer.of(body.length) : Buffer.concat([Buffer.of(0x80 + bytes.length), bytes]);
  return Buffer.concat([Buffer.of(tag), length, body]);
}

export function sequence(...content: readonly Uint8Array[]): Buffer {
  return der(TAG.sequence, ...content);
}

/** An object identifier by the bytes of its content. */
export function oid(...bytes: readonly number[]): Buffer {
  return der(TAG.oid, Buffer.from(bytes));
}

/** A context-specific element with elements in it: `[number]`, constructed. */
export function tagged(number: number, ...content: readonly Uint8Array[]): Buffer {
  return der(0xa0 + number, ...content);
}

/** A context-specific element with plain bytes in it: `[number] IMPLICIT`, primitive. */
export function implicit(number: number, content: Uint8Array): Buffer {
  return der(0x80 + number, content);
}
