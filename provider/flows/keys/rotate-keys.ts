import { SIGNING_ALGORITHMS, type SigningAlgorithm } from '../../core/keys/jwk.ts';
import { planRotation, type RotationStep, type SigningKey } from '../../core/keys/signing-key.ts';
import { ok, refuse } from '../../core/result.ts';
import { type AuditedPorts, auditedChange } from '../operating/audited-change.ts';
import type { Clock, Entropy, Settings } from '../ports.ts';
import type { KeyMaker, SigningKeyStore } from './ports.ts';

/** What this flow needs. */
export type RotateKeysPorts = AuditedPorts & {
  readonly keys: SigningKeyStore;
  readonly maker: KeyMaker;
  readonly entropy: Entropy;
  readonly clock: Clock;
  readonly settings: Settings;
};
/** Another run was first. */
const NO_KEY = refuse({ reason: 'conflict', what: 'signing key' });
/** The steps that were taken, for the operator and the log. */
export type RotationReport = { readonly steps: readonly TakenStep[] };
/** `algorithm` is that of a signing key. */
type TakenStep = { readonly step: string; readonly kid: string; readonly algorithm?: SigningAlgorithm };
/**
 * A run over the keys of one algorithm, and who ordered it. A revocation is made also while the audit trail cannot be
 * written, with the keys that replace the revoked one.
 */
type Run = {
  readonly ports: RotateKeysPorts;
  readonly algorithm: SigningAlgorithm;
  readonly by: string;
  readonly revokes: boolean;
};

/**
 * Creates missing keys and moves keys that are due, for every algorithm. It can be repeated, and two runs at the same
 * time do no harm.
 */
export async function rotateKeys(
  ports: RotateKeysPorts,
  order: { force: boolean; by: string },
): Promise<RotationReport> {
  const steps: TakenStep[] = [];
  for (const algorithm of SIGNING_ALGORITHMS) {
    const run = { ports, algorithm, by: order.by, revokes: false };
    const keys = await ports.keys.list(algorithm);
    const plan = planRotation(keys, ports.settings.rotation, { now: ports.clock(), force: order.force });
    steps.push(...(await finishRevocations(run, keys)), ...(await runPlan(run, plan)));
    // A revocation that ran in the meantime may have revoked the key that this run activated, after the revocation
    // looked for a signing key.
    if (plan.length > 0) steps.push(...(await repair(run)));
  }
  return { steps };
}

/**
 * Revokes a compromised key. It leaves the key set at once, and its private half is deleted. Its successor signs from
 * now on, even if verifiers have not fetched it yet. Undefined if there is no such key, or if it was revoked before.
 */
export async function revokeKey(
  ports: RotateKeysPorts,
  order: { kid: string; by: string },
): Promise<RotationReport | undefined> {
  for (const algorithm of SIGNING_ALGORITHMS) {
    const run = { ports, algorithm, by: order.by, revokes: true };
    const keys = await ports.keys.list(algorithm);
    const key = keys.find(({ kid }) => kid === order.kid);
    if (!key) continue;
    const plan = planRotation(keys, ports.settings.rotation, { now: ports.clock(), revoked: order.kid });
    const steps = key.state === 'revoked' ? [] : await runPlan(run, plan);
    const revoked = await revoke(run, key);
    if (!revoked) return undefined;
    // A rotation that ran in the meantime may have relied on the revoked key. The repair corrects the result at once.
    return { steps: [...steps, ...(await repair(run)), revoked] };
  }
  return undefined;
}

/**
 * Plans again from the keys as they are stored now, and takes the steps that are due. There are none unless another run
 * came in between.
 */
async function repair(run: Run): Promise<TakenStep[]> {
  const { keys, settings, clock } = run.ports;
  return runPlan(run, planRotation(await keys.list(run.algorithm), settings.rotation, { now: clock() }));
}

/**
 * Completes revocations that were interrupted. Such a revocation may have left the private half of its key, and no
 * entry in the audit trail.
 */
async function finishRevocations(run: Run, keys: readonly SigningKey[]): Promise<TakenStep[]> {
  const finished: TakenStep[] = [];
  for (const key of keys.filter(({ state }) => state === 'revoked')) {
    const revoked = await revoke(run, key);
    if (revoked) finished.push(revoked);
  }
  return finished;
}

/** Revokes a key. Undefined if it was completely revoked before. */
async function revoke({ ports, algorithm, by }: Run, key: SigningKey): Promise<TakenStep | undefined> {
  const { kid } = key;
  const event = { event: 'signing_key_revoked', kid, algorithm, by } as const;
  const revoked = await auditedChange(ports, { event, takesAway: true }, async () =>
    (await ports.keys.revoke(key, ports.clock())) ? ok(kid) : NO_KEY,
  );
  return revoked.ok ? { step: 'revoke', kid, algorithm } : undefined;
}

/** Takes the steps one after the other. Their order ensures that there is a signing key at every instant. */
async function runPlan(run: Run, plan: readonly RotationStep[]): Promise<TakenStep[]> {
  const taken: TakenStep[] = [];
  for (const step of plan) {
    const kid = await storeAndAudit(run, step);
    if (kid !== undefined) taken.push({ step: step.step, kid, algorithm: run.algorithm });
  }
  return taken;
}

/** The name of each step in the audit trail. */
const EVENTS = {
  create: 'signing_key_created',
  activate: 'signing_key_activated',
  retire: 'signing_key_retired',
  remove: 'signing_key_removed',
  delete_public_half: 'signing_key_public_half_deleted',
} as const satisfies Record<RotationStep['step'], string>;

/**
 * Takes a step and records it. Returns the `kid` of its key, or undefined if another run was first.
 * Throws while the audit trail cannot be written: the next run takes the step.
 */
async function storeAndAudit({ ports, algorithm, by, revokes }: Run, step: RotationStep): Promise<string | undefined> {
  const kid = step.step === 'create' ? ports.entropy.id() : step.key.kid;
  const event = { event: EVENTS[step.step], kid, algorithm, by } as const;
  const takesAway = revokes || (step.step !== 'create' && step.step !== 'activate');
  const stored = await auditedChange(ports, { event, takesAway }, async () => {
    const isStored =
      step.step === 'create'
        ? await makeKey(ports, { kid, algorithm, ...step })
        : await storeStep(ports.keys, step, ports.clock());
    return isStored ? ok(kid) : NO_KEY;
  });
  if (stored.ok) return kid;
  if (stored.refusal.reason === 'audit_unavailable') throw new Error('the audit trail cannot be written');
  return undefined;
}

/** Takes a step of a key that there is. False if the key is in another state by now, because another run was first. */
function storeStep(
  keys: SigningKeyStore,
  step: Exclude<RotationStep, { step: 'create' }>,
  now: number,
): Promise<boolean> {
  switch (step.step) {
    case 'activate':
      return keys.activate(step.key, now);
    case 'retire':
      return keys.retire(step.key, step.goneAt);
    case 'remove':
      return keys.remove(step.key);
    case 'delete_public_half':
      return keys.deletePublicHalf(step.key);
  }
}

/** Makes a key. False if another run created the generation first. */
async function makeKey(
  { keys, maker, clock }: RotateKeysPorts,
  {
    kid,
    algorithm,
    state,
    generation,
  }: Extract<RotationStep, { step: 'create' }> & {
    kid: string;
    algorithm: SigningAlgorithm;
  },
): Promise<boolean> {
  const now = clock();
  const { publicKey, privateKey } = await maker.make(algorithm, kid);
  const activeFrom = state === 'active' ? { activeFrom: now } : {};
  return keys.create({ kid, algorithm, generation, state, publicKey, createdAt: now, ...activeFrom }, privateKey);
}
