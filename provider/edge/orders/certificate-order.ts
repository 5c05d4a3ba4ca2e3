import * as v from 'valibot';

const order = v.strictObject({
  action: v.literal('renew'),
  certificate: v.pipe(v.string(), v.startsWith('arn:')),
  force: v.optional(v.boolean(), false),
});

/**
 * Parses an order to `origin-certificate`: to do with a certificate what is due, or by force to renew it at once. Throws
 * on anything else.
 */
export function parseCertificateOrder(event: unknown): { readonly id: string; readonly force: boolean } {
  const { certificate, force } = v.parse(order, event);
  return { id: certificate, force };
}
