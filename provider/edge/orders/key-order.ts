import * as v from 'valibot';

const by = v.optional(v.pipe(v.string(), v.maxLength(256)), 'schedule');
const order = v.variant('action', [
  v.strictObject({ action: v.literal('rotate'), force: v.optional(v.boolean(), false), by }),
  v.strictObject({ action: v.literal('revoke'), kid: v.string(), by }),
]);

/** What `signing-keys` is asked to do. Throws on anything else: a wrong order must not look like a done one. */
export function parseKeyOrder(event: unknown): v.InferOutput<typeof order> {
  return v.parse(order, event);
}
