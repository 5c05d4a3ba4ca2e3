import { SIGNING_ALGORITHMS, type SigningAlgorithm } from '../../core/client/client.ts';
import { planRotation, type RotationStep } from '../../core/keys/signing-key.ts';
import type { AuditTrail, Clock, Entropy, Settings } from '../ports.ts';
import type { KeyMaker, SigningKeyStore } from './ports.ts';

/** What this flow needs. */
export type RotateKeysPorts = {
  readonly keys: SigningKeyStore;
  readonly maker: KeyMaker;
  readonly entropy: Entropy;
  readonly clock: Clock;
  readonly settings: Settings;
  readonly audit: AuditTrail;
};
/** What was done, for the operator and the log. */
export type RotationReport = { readonly steps: readonly TakenStep[] };
type TakenStep = { readonly step: string; readonly kid: string; readonly algorithm: SigningAlgorithm };

/** Creates what is missing and moves what is due, for every algorithm. Safe to repeat and to run twice at once. */
export async function rotateKeys(
  ports: RotateKeysPorts,
  order: { force: boolean; by: string },
): Promise<RotationReport> {
  const steps: TakenStep[] = [];
  for (const algorithm of SIGNING_ALGORITHMS) {
    const plan = planRotation(await ports.keys.list(algorithm), ports.settings.rotation, {
      now: ports.clock(),
      force: order.force,
    });
    steps.push(...(await takeAll(ports, algorithm, plan, order.by)));
  }
  return { steps };
}

/** A compromised key is deleted at once; its successor signs from now on, even if verifiers have not fetched it yet. */
export async function revokeKey(
  ports: RotateKeysPorts,
  order: { kid: string; by: string },
): Promise<RotationReport | undefined> {
  for (const algorithm of SIGNING_ALGORITHMS) {
    const keys = await ports.keys.list(algorithm);
    const revoked = keys.find((key) => key.kid === order.kid);
    if (!revoked) continue;
    const plan = planRotation(keys, ports.settings.rotation, { now: ports.clock(), revoked: order.kid });
    const steps = await takeAll(ports, algorithm, plan, order.by);
    await ports.keys.remove(revoked);
    // A rotation that ran meanwhile may have counted on the revoked key: what it left is put right at once.
    const repair = planRotation(await ports.keys.list(algorithm), ports.settings.rotation, { now: ports.clock() });
    steps.push(...(await takeAll(ports, algorithm, repair, order.by)));
    ports.audit.write({ event: 'signing_key_revoked', kid: revoked.kid, algorithm, by: order.by }, ports.clock());
    return { steps: [...steps, { step: 'revoke', kid: revoked.kid, algorithm }] };
  }
  return undefined;
}

/** One after the other: their order is what keeps a signer at every instant. */
async function takeAll(
  ports: RotateKeysPorts,
  algorithm: SigningAlgorithm,
  plan: readonly RotationStep[],
  by: string,
): Promise<TakenStep[]> {
  const taken: TakenStep[] = [];
  for (const step of plan) {
    const kid = await take(ports, algorithm, step, by);
    if (kid !== undefined) taken.push({ step: step.step, kid, algorithm });
  }
  return taken;
}

/** What each step is called in the audit trail. */
const EVENTS = {
  create: 'signing_key_created',
  activate: 'signing_key_activated',
  retire: 'signing_key_retired',
  remove: 'signing_key_removed',
} as const;

/** Takes one step and tells the key's kid; undefined when another maker was first. */
async function take(
  ports: RotateKeysPorts,
  algorithm: SigningAlgorithm,
  step: RotationStep,
  by: string,
): Promise<string | undefined> {
  const now = ports.clock();
  const kid = await carryOut(ports, algorithm, step, now);
  if (kid !== undefined) ports.audit.write({ event: EVENTS[step.step], kid, algorithm, by }, now);
  return kid;
}

async function carryOut(
  ports: RotateKeysPorts,
  algorithm: SigningAlgorithm,
  step: RotationStep,
  now: number,
): Promise<string | undefined> {
  if (step.step === 'create') return create(ports, algorithm, step, now);
  if (step.step === 'activate') await ports.keys.activate(step.key, now);
  if (step.step === 'retire') await ports.keys.retire(step.key, step.goneAt);
  if (step.step === 'remove') await ports.keys.remove(step.key);
  return step.key.kid;
}

async function create(
  ports: RotateKeysPorts,
  algorithm: SigningAlgorithm,
  { state, generation }: Extract<RotationStep, { step: 'create' }>,
  now: number,
): Promise<string | undefined> {
  const kid = ports.entropy.id();
  const made = await ports.maker.make(algorithm, kid);
  const activeFrom = state === 'active' ? { activeFrom: now } : {};
  const created = await ports.keys.create({
    kid,
    algorithm,
    generation,
    state,
    ...made,
    createdAt: now,
    ...activeFrom,
  });
  return created ? kid : undefined;
}
