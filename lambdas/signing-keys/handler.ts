import { parseKeyOrder } from '../../provider/edge/orders/key-order.ts';
import { rotateDeliveryKeys } from '../../provider/flows/keys/rotate-delivery-keys.ts';
import { type RotationReport, revokeKey, rotateKeys } from '../../provider/flows/keys/rotate-keys.ts';
import { wire } from './wiring.ts';

/**
 * Not called over HTTP: run by a schedule, by the deployment and by operators, with `{"action": "rotate"}`, `{"action":
 * "rotate", "force": true}` or `{"action": "revoke", "kid": "…"}`. No other function writes signing keys. An order that
 * cannot be carried out throws, so that the invocation counts as failed.
 */
const { ports } = wire();

export const handler = async (event: unknown): Promise<RotationReport> => {
  const order = parseKeyOrder(event);
  if (order.action === 'rotate') {
    const { steps } = await rotateKeys(ports, order);
    return { steps: [...steps, ...(await rotateDeliveryKeys(ports, order))] };
  }
  const report = await revokeKey(ports, order);
  if (!report) throw new Error('there is no signing key with this kid');
  return report;
};
