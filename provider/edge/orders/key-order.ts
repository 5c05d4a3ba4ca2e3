import * as v from 'valibot';

const by = v.optional(v.pipe(v.string(), v.maxLength(256)), 'schedule');
const order = v.variant('action', [
  v.strictObject({ action: v.literal('rotate'), force: v.optional(v.boolean(), false), by }),
  v.strictObject({ action: v.literal('revoke'), kid: v.string(), by }),
]);

/**
 * Parses an order to `signing-keys`. Throws on anything else, so that a wrong order cannot look like a successful one.
 */
export function parseKeyOrder(event: unknown): v.InferOutput<typeof order> {
  return v.parse(order, event);
}
