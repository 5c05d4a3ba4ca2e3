import { type DeliveryKeyStep, planDeliveryKeys } from '../../core/keys/delivery-key.ts';
import { ok, refuse } from '../../core/result.ts';
import { type AuditedPorts, auditedChange } from '../operating/audited-change.ts';
import type { Clock, Entropy, Settings } from '../ports.ts';
import type { DeliveryKeyMaker, DeliveryKeyStore } from './ports.ts';

/** What this flow needs. */
export type RotateDeliveryKeysPorts = AuditedPorts & {
  readonly deliveryKeys: DeliveryKeyStore;
  readonly deliveryKeyMaker: DeliveryKeyMaker;
  readonly entropy: Entropy;
  readonly clock: Clock;
  readonly settings: Settings;
};

const EVENTS = { create: 'delivery_key_created', remove: 'delivery_key_removed' } as const;

/**
 * Creates the key that seals tokens until their delivery, replaces it when it is due, and deletes what is left of
 * earlier ones. It can be repeated, and two runs at the same time do no harm. Returns the steps that were taken.
 */
export async function rotateDeliveryKeys(
  ports: RotateDeliveryKeysPorts,
  { by }: { by: string },
): Promise<readonly { readonly step: string; readonly kid: string }[]> {
  const taken: { step: string; kid: string }[] = [];
  const plan = planDeliveryKeys(await ports.deliveryKeys.list(), ports.settings.rotation, ports.clock());
  for (const step of plan) {
    const kid = step.step === 'create' ? ports.entropy.id() : step.key.kid;
    const event = { event: EVENTS[step.step], kid, by } as const;
    const made = await auditedChange(ports, { event, takesAway: step.step === 'remove' }, async () =>
      (await take(ports, step, kid)) ? ok(kid) : refuse({ reason: 'conflict', what: 'delivery key' }),
    );
    if (made.ok) taken.push({ step: `${step.step}_delivery_key`, kid });
    else if (made.refusal.reason === 'audit_unavailable') throw new Error('the audit trail cannot be written');
  }
  return taken;
}

/** Takes a step. False if another run was first. */
async function take(
  { deliveryKeys, deliveryKeyMaker, clock }: RotateDeliveryKeysPorts,
  step: DeliveryKeyStep,
  kid: string,
): Promise<boolean> {
  if (step.step === 'remove') return deliveryKeys.remove(step.key);
  const ciphertext = await deliveryKeyMaker.makeDeliveryKey(kid);
  return deliveryKeys.create({ kid, generation: step.generation, ciphertext, createdAt: clock() });
}
