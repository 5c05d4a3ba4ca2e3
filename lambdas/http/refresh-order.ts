import * as v from 'valibot';

/** Checks that an operator asked to apply the push credentials again. Throws on anything else. */
export function parseRefreshOrder(event: unknown): void {
  v.parse(v.strictObject({ action: v.literal('refresh') }), event);
}
