import { createHash, randomUUID } from 'node:crypto';
import * as v from 'valibot';
import {
  detailsAnswer,
  enrolledAnswer,
  listAnswer,
  type NumberMatching,
  recordedAnswer,
  refusedAnswer,
  type WaitingRequest,
} from './phone-answers.ts';
import { keyPair, makeKeyPair, proveVerificationKey, signWith } from './phone-keys.ts';

/**
 * What a phone stores: its keys, its device id and its user. `verification` is its second key. A real phone opens that
 * one only after it has verified the person.
 */
export const phoneIdentity = v.object({
  ...keyPair.entries,
  verification: v.optional(keyPair),
  deviceId: v.string(),
  sub: v.string(),
  issuer: v.string(),
  pushToken: v.string(),
});
export type PhoneIdentity = Readonly<v.InferOutput<typeof phoneIdentity>>;

/** The details that a phone shows, parsed from the frozen bytes. Unknown members are kept. */
const shownDetails = v.looseObject({
  issuer: v.string(),
  client_id: v.string(),
  client_name: v.string(),
  sub: v.string(),
  request_id: v.string(),
  expires_at: v.number(),
  binding_message: v.optional(v.string()),
  scopes: v.array(v.object({ scope: v.string(), description: v.string() })),
  audience: v.array(v.string()),
  acr_values: v.optional(
    v.array(v.object({ acr: v.string(), amr: v.array(v.string()), verification_key: v.boolean() })),
  ),
});
export type ShownDetails = Readonly<v.InferOutput<typeof shownDetails>>;

/** What a phone reads of a request: the bytes, what they say, and who has to enter a number. */
export type ReadRequest = {
  readonly bytes: Buffer;
  readonly shown: ShownDetails;
  readonly numberMatching: NumberMatching | undefined;
};
type Clock = () => number;
/** An answer of the user. A denial can have a reason, such as `fraud`, and an approval the number that they typed. */
export type Decision = 'approve' | 'deny' | { readonly reason: string } | { readonly number: string };

/** The provider refused a call of the phone, or the phone refused what the provider said. Then there is no status. */
export class PhoneRefused extends Error {
  readonly status: number | undefined;
  readonly error: string | undefined;

  constructor(message: string, { status, error }: { status?: number; error?: string | undefined } = {}) {
    super(message);
    this.status = status;
    this.error = error;
  }
}

/** For how many seconds a JWT of this phone is valid. */
const LIFETIME_SECONDS = 60;

/**
 * A phone without a screen, for the demo and for tests. It uses the device API with a real key. Like a third party's
 * app, it imports nothing from the provider and spells the names of docs/device-api.md itself, so that a test fails
 * when a name changes on one side only.
 */
export class Phone {
  readonly identity: PhoneIdentity;
  readonly #now: Clock;
  readonly #at: string;

  /** `at` is where the issuer is reached, if not at its own address. */
  constructor(identity: PhoneIdentity, now: Clock, at = identity.issuer) {
    this.identity = identity;
    this.#now = now;
    this.#at = at;
  }

  /** Enrols with the URI of a ticket and new keys: one, or also a second one that verifies its user. */
  static async enrol(
    ticketUri: string,
    own: { name: string; pushToken: string; platform?: string; hasTwoKeys?: boolean; now: Clock; at?: string },
  ): Promise<Phone> {
    const { issuer, ticket } = parseTicketUri(ticketUri);
    const { now, pushToken } = own;
    const keys = await makeKeyPair();
    const second = own.hasTwoKeys ? await makeKeyPair() : undefined;
    const enrolment = await signWith(
      keys,
      { typ: 'ciba-enrolment+jwt', jwk: keys.publicKey },
      {
        ...{ ticket, name: own.name, platform: own.platform ?? 'GCM', push_token: pushToken },
        ...(second && {
          verification_key: await proveVerificationKey(second, keys.publicKey, { ticket, ...lifeOf(issuer, now) }),
        }),
        ...lifeOf(issuer, now),
      },
    );
    const response = await fetch(`${own.at ?? issuer}devices`, jsonPost({ enrolment }));
    if (!response.ok) throw await refusedBy(response, 'the enrolment was refused');
    const answer = v.parse(enrolledAnswer, await response.json());
    if (answer.issuer !== issuer) throw new PhoneRefused('the issuer in the answer is not that of the ticket');
    // A provider of an earlier version enrols the first key alone, and says nothing of a second one.
    const verification = answer.verification_key && second;
    const enrolled = { deviceId: answer.device_id, sub: answer.sub, issuer, pushToken };
    return new Phone({ ...keys, ...(verification && { verification }), ...enrolled }, now, own.at);
  }

  /** Lists the user's pending requests. */
  async list(): Promise<readonly WaitingRequest[]> {
    const path = 'device/requests';
    const response = await fetch(this.#at + path, {
      headers: { authorization: await this.assertion('GET', path) },
    });
    if (!response.ok) throw await refusedBy(response, 'the list was refused');
    return v.parse(listAnswer, await response.json()).requests;
  }

  /** Fetches the frozen bytes of a request, and checks that they are meant for this phone. */
  async read(requestId: string): Promise<ReadRequest> {
    const path = `device/requests/${requestId}`;
    const response = await fetch(this.#at + path, {
      headers: { authorization: await this.assertion('GET', path) },
    });
    if (!response.ok) throw await refusedBy(response, 'the details were refused');
    const { details, number_matching } = v.parse(detailsAnswer, await response.json());
    const bytes = Buffer.from(details, 'base64url');
    const shown = detailsIn(bytes);
    const { issuer, sub } = this.identity;
    if (shown.issuer !== issuer || shown.sub !== sub || shown.request_id !== requestId)
      throw new PhoneRefused('the details are not for this phone');
    return { bytes, shown, numberMatching: number_matching };
  }

  /**
   * Signs a decision over the bytes that were shown, and sends it. An approval says that the user was verified as the
   * request needs it. A real phone verifies them here; this one takes it that they are who they are.
   */
  async answer(requestId: string, bytes: Uint8Array, decision: Decision): Promise<Response> {
    const { deviceId, sub, issuer } = this.identity;
    const details_hash = createHash('sha256').update(bytes).digest('base64url');
    const claims = {
      iss: deviceId,
      sub,
      request_id: requestId,
      ...decisionClaims(decision),
      details_hash,
      amr: approves(decision) ? this.#verify(bytes) : [],
    };
    const by = approves(decision) ? 'verification' : 'possession';
    const response = await this.sign('ciba-response+jwt', { ...claims, ...lifeOf(issuer, this.#now) }, by);
    return fetch(`${this.#at}device/requests/${requestId}/response`, jsonPost({ response }));
  }

  /** Says how the user was verified: by the first method that suffices and that this phone has the key for. */
  #verify(bytes: Uint8Array): readonly string[] {
    const shown = v.safeParse(v.pipe(v.string(), v.parseJson(), shownDetails), Buffer.from(bytes).toString());
    const classes = (shown.success && shown.output.acr_values) || [];
    const wanted = classes.find((one) => this.identity.verification || !one.verification_key);
    return [...new Set([...(wanted?.amr.slice(0, 1) ?? []), 'user'])];
  }

  /**
   * Sends a decision as `answer` does. Returns the number that the phone has to show, if the user has to type one where
   * the request began. Throws if the provider does not accept the decision.
   */
  async send(requestId: string, bytes: Uint8Array, decision: Decision): Promise<string | undefined> {
    const response = await this.answer(requestId, bytes, decision);
    if (!response.ok) throw await refusedBy(response, 'the answer was refused');
    return response.status === 204 ? undefined : v.parse(recordedAnswer, await response.json()).number;
  }

  /** Removes this enrolment. */
  async remove(): Promise<void> {
    const path = `devices/${this.identity.deviceId}`;
    const headers = { authorization: await this.assertion('DELETE', path) };
    const response = await fetch(this.#at + path, { method: 'DELETE', headers });
    if (!response.ok) throw await refusedBy(response, 'the removal was refused');
  }

  /** Makes the `Authorization` value of a GET, PATCH or DELETE. */
  async assertion(method: string, path: string): Promise<string> {
    const { deviceId, sub, issuer } = this.identity;
    const claims = { iss: deviceId, sub, htm: method, htu: issuer + path };
    return `Device ${await this.sign('ciba-device+jwt', { ...claims, ...lifeOf(issuer, this.#now) })}`;
  }

  /** Signs a JWT with one of this phone's keys, by default the first. A phone with one key has no choice. */
  async sign(
    type: string,
    claims: Record<string, unknown>,
    by: 'possession' | 'verification' = 'possession',
  ): Promise<string> {
    const { verification } = this.identity;
    return signWith(by === 'verification' && verification ? verification : this.identity, { typ: type }, claims);
  }
}

/** Whether a decision is an approval. */
function approves(decision: Decision): boolean {
  return decision === 'approve' || (typeof decision === 'object' && 'number' in decision);
}

function decisionClaims(decision: Decision): Readonly<Record<string, string>> {
  if (typeof decision === 'string') return { decision };
  return { decision: approves(decision) ? 'approve' : 'deny', ...decision };
}

/** Makes the `aud`, `iat`, `exp` and `jti` of a JWT that is signed now. */
export function lifeOf(issuer: string, now: Clock): { aud: string; iat: number; exp: number; jti: string } {
  return { aud: issuer, iat: now(), exp: now() + LIFETIME_SECONDS, jti: randomUUID() };
}

/** Reads issuer and ticket from `ciba://enrol?issuer=…&ticket=…`. */
export function parseTicketUri(uri: string): { issuer: string; ticket: string } {
  const { searchParams } = new URL(uri);
  return { issuer: searchParams.get('issuer') ?? '', ticket: searchParams.get('ticket') ?? '' };
}

/** Reads the details. A phone shows and signs nothing that it cannot read. */
function detailsIn(bytes: Buffer): ShownDetails {
  try {
    return v.parse(shownDetails, JSON.parse(bytes.toString()));
  } catch {
    throw new PhoneRefused('the details cannot be read');
  }
}

async function refusedBy(response: Response, what: string): Promise<PhoneRefused> {
  const answer = v.safeParse(refusedAnswer, await response.json().catch(() => undefined));
  const { error, error_description } = answer.success ? answer.output : {};
  const why = [response.status, error].filter(Boolean).join(' ');
  const said = error_description === undefined ? '' : `. ${error_description.replace(/\.$/, '')}`;
  return new PhoneRefused(`${what}: ${why}${said}`, { status: response.status, error });
}

function jsonPost(body: unknown): RequestInit {
  return { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
