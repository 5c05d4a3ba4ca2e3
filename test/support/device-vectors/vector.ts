import type { spec } from '../../../lambdas/device/function.ts';
import type { Refusal } from '../../../provider/core/refusal.ts';
import type { KeyName } from './keys.ts';

/** A JWT: what is in it, and the key that signs it. `none` leaves the signature out. */
export type Signed = {
  readonly key: KeyName | 'none';
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
  /** A JWT that becomes the claim `verification_key`. */
  readonly verificationKey?: Signed;
};

/** One call of a phone, and what the provider answers. */
export type Vector = {
  /** A sentence about the call. */
  readonly name: string;
  readonly route: (typeof spec.routes)[number];
  readonly path: string;
  /** Sent as `Authorization: Device`. */
  readonly assertion?: Signed;
  /** The member of the body that is a JWT. */
  readonly signed?: Signed & { readonly member: 'enrolment' | 'response' };
  /** Other members of the body, or the text of a body that is no JSON. */
  readonly body?: Readonly<Record<string, unknown>> | string;
  readonly contentType?: string;
  readonly answer: Accepted | { readonly refusal: Refusal };
};

/** An answer that is no refusal. The values of members in `varies` differ each time; the body has an example. */
export type Accepted = {
  readonly status: 200 | 201 | 204;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly varies?: readonly string[];
};
