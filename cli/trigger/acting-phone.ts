import { createHash } from 'node:crypto';
import { lifeOf, Phone, type PhoneIdentity, PhoneRefused } from '../../local/demo/phone.ts';
import { expectAnswer } from './ending.ts';
import { HIDDEN } from './shown.ts';
import type { Exchange, Wire } from './wire.ts';

/** An answer of the user. A denial can have a reason, and an approval the number that they typed. */
export type Answer = 'approve' | 'deny' | { readonly reason: string } | { readonly number: string };
/** How a phone answers, where it is not as it should be. */
export type Manner = {
  readonly laterSeconds?: number;
  /** By how many seconds the clock of the phone is wrong. */
  readonly clockIsAheadBy?: number;
};

/** A request as a phone shows it: the frozen bytes of its details. */
type Shown = { readonly requestId: string; readonly bytes: Uint8Array };

const now = () => Math.floor(Date.now() / 1000);

/** A phone of a scenario. It signs with a real key, and its calls are remembered. */
export class ActingPhone {
  readonly identity: PhoneIdentity;
  readonly #wire: Wire;
  readonly #by: 'phone' | 'phone 2';

  constructor(identity: PhoneIdentity, wire: Wire, by: 'phone' | 'phone 2' = 'phone') {
    this.#by = by;
    this.identity = identity;
    this.#wire = wire;
  }

  /** Enrols a phone with a ticket. */
  static async enrol(ticketUri: string, pushToken: string, wire: Wire): Promise<ActingPhone> {
    const { identity } = await Phone.enrol(ticketUri, { name: 'Phone of a trial', pushToken, now });
    return new ActingPhone(identity, wire);
  }

  /** Enrols a phone, and returns how that was answered. */
  static async enrolment(ticketUri: string, pushToken: string, wire: Wire): Promise<Exchange> {
    const call = {
      by: 'phone',
      method: 'POST',
      path: '/devices',
      sent: { enrolment: HIDDEN },
      laterSeconds: 0,
    } as const;
    try {
      await ActingPhone.enrol(ticketUri, pushToken, wire);
      return wire.add({ ...call, status: 201, answer: {} });
    } catch (error) {
      if (!(error instanceof PhoneRefused) || error.status === undefined) throw error;
      return wire.add({ ...call, status: error.status, answer: { error: error.error } });
    }
  }

  /** The same phone, with the name of a second one in what is told. */
  asSecond(): ActingPhone {
    return new ActingPhone(this.identity, this.#wire, 'phone 2');
  }

  /** The same phone with the key of another one. */
  withKeyOf({ identity: { privateKey, publicKey } }: ActingPhone): ActingPhone {
    return new ActingPhone({ ...this.identity, privateKey, publicKey }, this.#wire);
  }

  /** Lists what waits for an answer. */
  list(): Promise<Exchange> {
    return this.#get('device/requests', 'device/requests');
  }

  /** Fetches the details of a request: the exchange, and what was shown. The bytes are empty if there are none. */
  async read(requestId: string, laterSeconds = 0): Promise<Shown & { exchange: Exchange }> {
    const exchange = await this.#get(`device/requests/${requestId}`, 'device/requests/{request_id}', laterSeconds);
    return { exchange, requestId, bytes: Buffer.from(String(exchange.answer['details'] ?? ''), 'base64url') };
  }

  /** Signs a decision over bytes, and sends it. */
  async respond(
    { requestId, bytes }: Shown,
    answer: Answer,
    { laterSeconds = 0, clockIsAheadBy = 0 }: Manner = {},
  ): Promise<Exchange> {
    const { deviceId: iss, sub, issuer } = this.identity;
    const decided = claimsOf(answer);
    const details_hash = createHash('sha256').update(bytes).digest('base64url');
    const clock = () => now() + laterSeconds + clockIsAheadBy;
    const claims = { iss, sub, request_id: requestId, ...decided, details_hash, ...lifeOf(issuer, clock) };
    return this.#wire.send(this.#by, {
      method: 'POST',
      path: `/device/requests/${requestId}/response`,
      route: '/device/requests/{request_id}/response',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ response: await new Phone(this.identity, clock).sign('ciba-response+jwt', claims) }),
      sent: { ...decided, details_hash, iat: clockIsAheadBy === 0 ? 'now' : `now + ${clockIsAheadBy} s` },
      laterSeconds,
    });
  }

  /** Fetches a request and answers it, as a good phone does. */
  async decide(requestId: string, answer: Answer, manner: Manner = {}): Promise<Exchange> {
    const { exchange, ...shown } = await this.read(requestId, manner.laterSeconds);
    expectAnswer(exchange, { status: 200 });
    return this.respond(shown, answer, manner);
  }

  /** Renames the phone, by as many calls as there are names, all with one assertion. */
  async rename(...names: readonly string[]): Promise<readonly Exchange[]> {
    const path = `devices/${this.identity.deviceId}`;
    const authorization = await new Phone(this.identity, now).assertion('PATCH', path);
    const headers = { authorization, 'content-type': 'application/json' };
    const call = { method: 'PATCH', path: `/${path}`, route: '/devices/{device_id}', headers };
    const made: Exchange[] = [];
    for (const name of names)
      made.push(
        await this.#wire.send(this.#by, {
          ...call,
          body: JSON.stringify({ name }),
          sent: { name, Authorization: 'Device …' },
        }),
      );
    return made;
  }

  async #get(path: string, route: string, laterSeconds = 0): Promise<Exchange> {
    const authorization = await new Phone(this.identity, () => now() + laterSeconds).assertion('GET', path);
    return this.#wire.send(this.#by, {
      method: 'GET',
      path: `/${path}`,
      route: `/${route}`,
      headers: { authorization },
      sent: { Authorization: 'Device …' },
      laterSeconds,
    });
  }
}

function claimsOf(answer: Answer): Readonly<Record<string, string>> {
  if (typeof answer === 'string') return { decision: answer };
  return { decision: 'number' in answer ? 'approve' : 'deny', ...answer };
}
