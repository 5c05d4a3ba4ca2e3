import {
  type Authority,
  areSame,
  type CertificateInUse,
  daysLeft,
  isRenewalDue,
  type MadeCertificate,
  SETTLE_SECONDS,
  stillTrusted,
} from '../../core/operating/origin-certificate.ts';
import type { Clock } from '../ports.ts';

/** How often and how long a run looks whether the API trusts a new list, in seconds. The function has 15 minutes. */
const LOOK_EVERY_SECONDS = 10;
const LONGEST_LOOK_SECONDS = 600;
/** How often and how long a removal waits until CloudFront has let go of a certificate, in seconds. */
const REMOVE_EVERY_SECONDS = 30;
const LONGEST_REMOVAL_SECONDS = 300;
const OVERTAKEN = 'another run has changed the truststore';

/** The store from which CloudFront takes its certificate. It gives no private key back. */
export interface CertificateStore {
  /** Adds a certificate and returns its id. */
  add(made: MadeCertificate): Promise<string>;
  /** Puts a certificate in the place of another one. Whoever uses the id uses the new one from now on. */
  replace(id: string, made: MadeCertificate): Promise<void>;
  /** Reads a certificate. Throws if there is none. */
  read(id: string): Promise<CertificateInUse>;
  remove(id: string): Promise<'removed' | 'still in use'>;
}

/** The list of authorities as it is stored. */
export type StoredTruststore = {
  readonly authorities: readonly Authority[];
  /** The version of the list, by which the API is told to read it. */
  readonly version: string;
  /** What tells the stored bytes from others. */
  readonly tag: string;
};

/** The list of authorities that the API may trust. */
export interface Truststore {
  /** Undefined if there is no list yet. */
  read(): Promise<StoredTruststore | undefined>;
  /**
   * Writes a list over the one that was read, or the first one. It decides in one conditional write, and returns the new
   * version. Undefined if somebody else wrote in the meantime.
   */
  write(authorities: readonly Authority[], over: StoredTruststore | undefined): Promise<string | undefined>;
}

/** The API's name, which demands a certificate of an authority that it trusts. */
export interface TrustingName {
  /**
   * Which version of the list it trusts, and whether that took effect. Undefined if there is no name yet, or if it
   * demands no certificate.
   */
  state(): Promise<
    | { readonly version: string | undefined; readonly isReady: boolean; readonly warnings: readonly string[] }
    | undefined
  >;
  /** Makes it read a version of the list. */
  trust(version: string): Promise<void>;
}

/** What this flow needs. */
export type OriginCertificatePorts = {
  readonly certificates: CertificateStore;
  readonly truststore: Truststore;
  readonly name: TrustingName;
  /** Reads when the certificate ends that CloudFront shows to callers, in epoch seconds. */
  readonly viewerCertificateEnd: () => Promise<number>;
  /** Makes a certificate for the API's host. */
  readonly make: (of: { host: string; now: number }) => MadeCertificate;
  readonly host: string;
  readonly clock: Clock;
  readonly wait: (seconds: number) => Promise<void>;
};

/** What a run did, and for how many days the certificate is valid now, and the one that callers see. */
export type OriginCertificateReport = {
  readonly id: string;
  readonly step: 'made' | 'renewed' | 'trust changed' | 'nothing due';
  readonly daysLeft: number;
  readonly viewerDaysLeft: number;
};

/**
 * Makes the first certificate, before CloudFront is there to use it. The API trusts its authority before the certificate
 * exists in the store.
 */
export async function makeFirstCertificate(ports: OriginCertificatePorts): Promise<OriginCertificateReport> {
  const made = ports.make({ host: ports.host, now: ports.clock() });
  const stored = await ports.truststore.read();
  await haveTrusted(ports, [...(stored?.authorities ?? []), made.authority], stored);
  const id = await ports.certificates.add(made);
  return reportOf(ports, id, 'made');
}

/**
 * Does what is due: renews the certificate, or drops authorities that nobody uses any more. A run that broke off is made
 * up for by the next one, and two runs at the same time do no harm: both authorities get on the list before either
 * certificate is used. The private key of a run that broke off is lost with it, so the next one makes another.
 */
export async function keepOriginCertificate(
  ports: OriginCertificatePorts,
  { id, force }: { id: string; force: boolean },
): Promise<OriginCertificateReport> {
  const now = ports.clock();
  const inUse = await ports.certificates.read(id);
  const stored = await ports.truststore.read();
  const trusted = stillTrusted(stored?.authorities ?? [], inUse, now);
  if (!force && !isRenewalDue(inUse, now)) {
    const { changed } = await haveTrusted(ports, trusted, stored);
    return reportOf(ports, id, changed ? 'trust changed' : 'nothing due');
  }
  const made = ports.make({ host: ports.host, now });
  const { version } = await haveTrusted(ports, [...trusted, made.authority], stored);
  await ports.wait(SETTLE_SECONDS);
  // A run that was about to make the API trust an older list has done so by now.
  await checkStillTrusted(ports, version);
  await ports.certificates.replace(id, made);
  return reportOf(ports, id, 'renewed');
}

/** Removes the certificate. One that CloudFront does not let go of stays: it is of no use to anybody. */
export async function removeOriginCertificate(
  ports: Pick<OriginCertificatePorts, 'certificates' | 'wait'>,
  id: string,
): Promise<void> {
  for (let waited = 0; waited < LONGEST_REMOVAL_SECONDS; waited += REMOVE_EVERY_SECONDS) {
    if ((await ports.certificates.remove(id)) === 'removed') return;
    await ports.wait(REMOVE_EVERY_SECONDS);
  }
}

/** Writes the list if it differs, and returns once the API trusts what is on it: which version, and what changed. */
async function haveTrusted(
  ports: OriginCertificatePorts,
  authorities: readonly Authority[],
  stored: StoredTruststore | undefined,
): Promise<{ version: string; changed: boolean }> {
  const isStored = stored !== undefined && areSame(stored.authorities, authorities);
  const version = isStored ? stored.version : await ports.truststore.write(authorities, stored);
  if (version === undefined) throw new Error(OVERTAKEN);
  const wasTold = await tell(ports, version);
  return { version, changed: !isStored || wasTold };
}

/** Makes the API's name read a version of the list, and returns once it has. Returns whether it had to be told. */
async function tell({ name, truststore, wait }: OriginCertificatePorts, version: string): Promise<boolean> {
  const before = await name.state();
  if (before === undefined) return false;
  const mustBeTold = before.version !== version;
  if (mustBeTold) {
    // The name takes any version, also an older one, so an overtaken run must not tell it.
    if ((await truststore.read())?.version !== version) throw new Error(OVERTAKEN);
    await name.trust(version);
  }
  for (let waited = 0; waited < LONGEST_LOOK_SECONDS; waited += LOOK_EVERY_SECONDS) {
    if (await isTrusted({ name }, version)) return mustBeTold;
    await wait(LOOK_EVERY_SECONDS);
  }
  throw new Error('the API did not read the truststore in time');
}

async function checkStillTrusted(ports: Pick<OriginCertificatePorts, 'name'>, version: string): Promise<void> {
  if (!(await isTrusted(ports, version))) throw new Error('the API no longer trusts the new list');
}

/** Whether a version took effect. A name that demands no certificate refuses none. Throws if it cannot take effect. */
async function isTrusted({ name }: Pick<OriginCertificatePorts, 'name'>, version: string): Promise<boolean> {
  const state = await name.state();
  if (state === undefined) return true;
  if (state.version !== version) throw new Error(OVERTAKEN);
  if (state.isReady && state.warnings.length > 0) throw new Error('API Gateway warns of the truststore');
  return state.isReady;
}

async function reportOf(
  { certificates, viewerCertificateEnd, clock }: OriginCertificatePorts,
  id: string,
  step: OriginCertificateReport['step'],
): Promise<OriginCertificateReport> {
  const [inUse, expiresAt] = [await certificates.read(id), await viewerCertificateEnd()];
  return { id, step, daysLeft: daysLeft(inUse, clock()), viewerDaysLeft: daysLeft({ expiresAt }, clock()) };
}
