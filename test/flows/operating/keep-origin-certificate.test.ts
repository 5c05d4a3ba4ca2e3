import { describe, expect, it } from 'vitest';
import { type Authority, daysLeft, type MadeCertificate } from '../../../provider/core/operating/origin-certificate.ts';
import {
  keepOriginCertificate,
  makeFirstCertificate,
  type OriginCertificatePorts,
  removeOriginCertificate,
  type StoredTruststore,
} from '../../../provider/flows/operating/keep-origin-certificate.ts';

const DAY = 86_400;
const START = 1_800_000_000;
const ID = 'certificate-1';
/** How long some of CloudFront's places may use the certificate before. */
const LAG_SECONDS = DAY;

type Fault = { readonly call: number; readonly how: 'fails' | 'loses its answer' };

/** ACM, S3, API Gateway and CloudFront, as far as this flow sees them. Every call may break. */
class Account {
  now = START;
  /** The calls of the run that is under way. */
  calls: string[] = [];
  fault: Fault | undefined;
  /** Called before each call, by its number. */
  during: (call: number) => Promise<void> = async () => undefined;
  made = 0;
  secondsUntilReady = 60;
  readonly certificates = new Map<string, MadeCertificate>();
  /** What CloudFront uses, with the instant since when. */
  readonly used: { certificate: MadeCertificate; since: number }[] = [];
  readonly versions: (readonly Authority[])[] = [];
  name: { version: string | undefined; readyAt: number; warnings: string[] } | undefined;
  effective: readonly Authority[] = [];

  constructor({ demands = true } = {}) {
    if (demands) this.name = { version: undefined, readyAt: 0, warnings: [] };
  }

  readonly ports: OriginCertificatePorts = {
    certificates: {
      add: (made) => this.#call('add', () => this.#use(ID, made)),
      replace: (id, made) => this.#call('replace', () => void this.#use(id, made)),
      read: (id) =>
        this.#call('read certificate', () => {
          const found = this.certificates.get(id);
          if (!found) throw new Error('there is no such certificate');
          const { madeAt } = found.authority;
          return { authority: found.authority, madeAt, expiresAt: madeAt + 365 * DAY };
        }),
      remove: (id) => this.#call('remove', () => (this.certificates.delete(id) ? 'still in use' : 'removed')),
    },
    truststore: {
      read: () => this.#call('read list', () => this.#stored()),
      write: (authorities, over) =>
        this.#call('write list', () => {
          if (over?.tag !== this.#stored()?.tag) return undefined;
          this.versions.push(authorities);
          return String(this.versions.length);
        }),
    },
    name: {
      state: () =>
        this.#call('state', () => {
          this.#takeEffect();
          const { name } = this;
          return name && { version: name.version, isReady: this.now >= name.readyAt, warnings: name.warnings };
        }),
      trust: (version) =>
        this.#call('trust', () => {
          if (this.name) this.name = { ...this.name, version, readyAt: this.now + this.secondsUntilReady };
        }),
    },
    viewerCertificateEnd: () => this.#call('read certificate for callers', () => START + 200 * DAY),
    make: ({ host, now }) => {
      this.made += 1;
      const id = `authority-${this.made}`;
      return { certificate: `${host} ${id}`, privateKey: 'KEY', authority: { id, pem: id, madeAt: now } };
    },
    host: 'login.example.com',
    clock: () => this.now,
    wait: async (seconds) => this.pass(seconds),
  };

  pass(seconds: number): void {
    this.now += seconds;
    this.#takeEffect();
    this.check();
  }

  /** Every certificate that one of CloudFront's places may use is trusted by the API. */
  check(): void {
    if (!this.name || this.effective.length === 0) return;
    const current = this.used.filter(({ since: _ }, index) => {
      const next = this.used[index + 1];
      return next === undefined || this.now < next.since + LAG_SECONDS;
    });
    for (const { certificate } of current)
      expect(this.effective.map(({ id }) => id)).toContain(certificate.authority.id);
  }

  async run(act: (ports: OriginCertificatePorts) => Promise<unknown>): Promise<unknown> {
    this.calls = [];
    return act(this.ports).catch((error: Error) => error.message);
  }

  inUse(): string | undefined {
    return this.certificates.get(ID)?.authority.id;
  }

  trusted(): string[] {
    return this.effective.map(({ id }) => id);
  }

  #use(id: string, made: MadeCertificate): string {
    this.certificates.set(id, made);
    this.used.push({ certificate: made, since: this.now });
    this.check();
    return id;
  }

  #stored(): StoredTruststore | undefined {
    const authorities = this.versions.at(-1);
    const version = String(this.versions.length);
    return authorities && { authorities, version, tag: `tag-${version}` };
  }

  #takeEffect(): void {
    const { name } = this;
    if (name?.version !== undefined && this.now >= name.readyAt)
      this.effective = this.versions[Number(name.version) - 1] ?? [];
  }

  async #call<Answer>(name: string, act: () => Answer): Promise<Answer> {
    this.calls.push(name);
    const call = this.calls.length;
    await this.during(call);
    const breaks = this.fault?.call === call ? this.fault.how : undefined;
    if (breaks === 'fails') throw new Error('broken');
    const answer = act();
    if (breaks === 'loses its answer') throw new Error('broken');
    return answer;
  }
}

const keep = (ports: OriginCertificatePorts, force = false) => keepOriginCertificate(ports, { id: ID, force });

/** An account whose certificate is made, and whose API trusts it. */
async function settled(): Promise<Account> {
  const account = new Account();
  await account.run(makeFirstCertificate);
  return account;
}

/** Runs twice a day, as the schedule does. */
async function forDays(account: Account, days: number): Promise<void> {
  for (let run = 0; run < days * 2; run += 1) {
    account.pass(DAY / 2);
    await account.run(keep);
  }
}

describe('the first certificate', () => {
  it('is trusted before it is stored, so that CloudFront never uses one that the API refuses', async () => {
    const account = new Account();
    expect(await account.run(makeFirstCertificate)).toEqual({
      id: ID,
      step: 'made',
      daysLeft: 364,
      viewerDaysLeft: 199,
    });
    expect(account.calls.indexOf('write list')).toBeLessThan(account.calls.indexOf('add'));
    expect(account.trusted()).toEqual(['authority-1']);
  });

  it('is made while the API has no name yet, or demands nothing', async () => {
    const account = new Account({ demands: false });
    expect(await account.run(makeFirstCertificate)).toMatchObject({ step: 'made' });
    expect(account.calls).not.toContain('trust');
    expect(account.versions).toHaveLength(1);
  });

  it('leaves trusted what an earlier shield of the same name trusts', async () => {
    const account = await settled();
    account.certificates.clear();
    await account.run(makeFirstCertificate);
    expect(account.trusted()).toEqual(['authority-1', 'authority-2']);
  });
});

describe('a scheduled run', () => {
  it('has nothing to do for nine months, then renews, with the old and the new authority trusted together', async () => {
    const account = await settled();
    await forDays(account, 274);
    expect(account.made).toBe(1);
    await forDays(account, 2);
    expect(account.inUse()).toBe('authority-2');
    expect(account.trusted()).toEqual(['authority-1', 'authority-2']);
  });

  it('drops the old authority a week after the new certificate was made', async () => {
    const account = await settled();
    await forDays(account, 276);
    await forDays(account, 5);
    expect(account.trusted()).toEqual(['authority-1', 'authority-2']);
    await forDays(account, 3);
    expect(account.trusted()).toEqual(['authority-2']);
    expect(await account.run(keep)).toEqual(expect.objectContaining({ id: ID, step: 'nothing due' }));
  });

  it('renews at an order, before it is due', async () => {
    const account = await settled();
    account.pass(DAY);
    expect(await account.run((ports) => keep(ports, true))).toEqual(
      expect.objectContaining({ id: ID, step: 'renewed', daysLeft: 364 }),
    );
  });

  it('changes nothing and fails while API Gateway warns of the list: CloudFront keeps what works', async () => {
    const account = await settled();
    account.pass(276 * DAY);
    if (account.name) account.name.warnings = ['There is an invalid certificate in your truststore bundle'];
    expect(await account.run(keep)).toBe('API Gateway warns of the truststore');
    expect(account.inUse()).toBe('authority-1');
  });

  it('gives up when the API never reads the list, and the next run makes another certificate', async () => {
    const account = await settled();
    account.pass(276 * DAY);
    account.during = async () => {
      if (account.name?.version === '2') account.name.readyAt = account.now + 1;
    };
    expect(await account.run(keep)).toBe('the API did not read the truststore in time');
    expect(account.inUse()).toBe('authority-1');
    account.during = async () => undefined;
    await forDays(account, 1);
    expect(account.inUse()).toBe('authority-3');
  });

  it('tells the API again which list to trust, if a deployment or somebody made it trust another', async () => {
    const account = await settled();
    if (account.name) account.name.version = undefined;
    expect(await account.run(keep)).toMatchObject({ step: 'trust changed' });
    expect(account.name?.version).toBe('1');
  });

  it('puts the authority in use back on a list from which somebody took it', async () => {
    const account = await settled();
    account.versions.push([]);
    expect(await account.run(keep)).toMatchObject({ step: 'trust changed' });
    expect(account.trusted()).toEqual(['authority-1']);
  });
});

describe.each(['fails', 'loses its answer'] as const)('when a call of a renewal %s', (how) => {
  const RENEWAL = ['read certificate', 'read list', 'write list', 'state', 'read list', 'trust', 'state', 'state'];

  it('goes through the calls that are broken one by one below', async () => {
    const account = await settled();
    account.pass(276 * DAY);
    await account.run(keep);
    expect(account.calls.slice(0, RENEWAL.length)).toEqual(RENEWAL);
    expect(account.calls.slice(-3)).toEqual(['replace', 'read certificate', 'read certificate for callers']);
  });

  it.each(Array.from({ length: 17 }, (_, index) => index + 1))(
    'call %i: CloudFront is let in at every moment, and the next runs finish',
    async (call) => {
      const account = await settled();
      account.pass(276 * DAY);
      account.fault = { call, how };
      await account.run(keep);
      account.fault = undefined;
      await forDays(account, 20);
      expect(account.trusted()).toEqual([account.inUse()]);
      expect(account.inUse()).not.toBe('authority-1');
    },
  );

  it.each(Array.from({ length: 8 }, (_, index) => index + 1))(
    'call %i of the run that drops the old authority: CloudFront is let in, and the next run finishes',
    async (call) => {
      const account = await settled();
      await forDays(account, 276);
      account.pass(8 * DAY);
      account.fault = { call, how };
      await account.run(keep);
      account.fault = undefined;
      await forDays(account, 1);
      expect(account.trusted()).toEqual(['authority-2']);
    },
  );
});

/**
 * Lets runs go on at the same time. A number decides when each begins and how long each of its calls takes, which is
 * less than the pause before CloudFront is switched.
 */
async function runTogether(account: Account, seed: number, runs: number): Promise<void> {
  let state = seed;
  const pick = (from: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * from);
  };
  const waits: { until: number; resume: () => void }[] = [];
  const wait = (seconds: number) =>
    new Promise<void>((resume) => void waits.push({ until: account.now + seconds, resume }));
  account.during = () => wait(pick(50));
  account.secondsUntilReady = pick(60);
  const ports = { ...account.ports, wait };
  const begin = () => wait(pick(60)).then(() => keep(ports, true));
  const all = Array.from({ length: runs }, () => begin().catch(() => undefined));
  for (;;) {
    await new Promise((resolve) => setImmediate(resolve));
    const [first] = waits.toSorted((one, other) => one.until - other.until);
    if (!first) break;
    waits.splice(waits.indexOf(first), 1);
    account.pass(first.until - account.now);
    first.resume();
  }
  account.during = async () => undefined;
  await Promise.all(all);
}

describe('renewals at the same time', () => {
  it.each([2, 3])('%i of them do no harm, however their calls overlap', async (runs) => {
    const renewed: number[] = [];
    for (let seed = 1; seed <= 150; seed += 1) {
      const account = await settled();
      account.pass(276 * DAY);
      await runTogether(account, seed, runs);
      renewed.push(account.used.length - 1);
      await forDays(account, 20);
      expect(account.trusted()).toEqual([account.inUse()]);
    }
    expect(Math.max(...renewed)).toBeGreaterThan(0);
  });
});

describe('the removal', () => {
  it('waits until CloudFront has let go of the certificate', async () => {
    const account = await settled();
    await account.run((ports) => removeOriginCertificate(ports, ID));
    expect(account.calls).toEqual(['remove', 'remove']);
    expect(account.now).toBeGreaterThan(START);
  });

  it('leaves a certificate that stays in use, after five minutes', async () => {
    const account = await settled();
    const certificates = { ...account.ports.certificates, remove: async () => 'still in use' as const };
    await removeOriginCertificate({ ...account.ports, certificates }, ID);
    expect(account.certificates.has(ID)).toBe(true);
  });
});

it('counts whole days, and below zero once it is over', () => {
  const authority = { id: 'a', pem: 'a', madeAt: START };
  const inUse = { authority, madeAt: START, expiresAt: START + 30 * DAY };
  expect([daysLeft(inUse, START), daysLeft(inUse, START + 1), daysLeft(inUse, START + 31 * DAY)]).toEqual([30, 29, -1]);
});
