import * as v from 'valibot';
import { PLATFORMS, type Platform } from '../../core/device/device.ts';

const order = v.strictObject({
  action: v.literal('refresh'),
  platforms: v.optional(v.pipe(v.array(v.picklist(PLATFORMS)), v.minLength(1))),
});

/**
 * Returns the platforms whose push credential an operator wants to apply again. Undefined means all. Throws on anything
 * else.
 */
export function parseRefreshOrder(event: unknown): readonly Platform[] | undefined {
  return v.parse(order, event).platforms;
}
