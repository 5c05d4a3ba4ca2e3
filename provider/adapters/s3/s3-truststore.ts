import type { Authority } from '../../core/operating/origin-certificate.ts';
import type { StoredTruststore, Truststore } from '../../flows/operating/keep-origin-certificate.ts';
import type { Call, CallAnswer } from '../https/signed-call.ts';

type Wiring = {
  readonly call: (call: Call) => Promise<CallAnswer>;
  readonly key: string;
  /** Reads the authorities in a PEM bundle. */
  readonly authoritiesIn: (bundle: string) => readonly Authority[];
};

/** The list of authorities that the API may trust: one PEM bundle in a versioned bucket. */
export class S3Truststore implements Truststore {
  readonly #wiring: Wiring;

  constructor(wiring: Wiring) {
    this.#wiring = wiring;
  }

  async read(): Promise<StoredTruststore | undefined> {
    return (await this.#object())?.stored;
  }

  async write(authorities: readonly Authority[], over: StoredTruststore | undefined): Promise<string | undefined> {
    const { call, key } = this.#wiring;
    const body = authorities.map(({ pem }) => pem).join('');
    const condition = over ? { 'if-match': over.tag } : { 'if-none-match': '*' };
    const headers = { 'content-type': 'application/x-pem-file', ...condition };
    const answer = await call({ method: 'PUT', path: `/${key}`, headers, body });
    if (answer.status === 200) return memberOf(answer, 'x-amz-version-id');
    if (answer.status !== 409 && answer.status !== 412) throw refusal(answer);
    // A try whose answer was lost makes the next one fail. Then the object holds what was to be written.
    const now = await this.#object();
    return now?.body === body ? now.stored.version : undefined;
  }

  async #object(): Promise<{ stored: StoredTruststore; body: string } | undefined> {
    const { call, key, authoritiesIn } = this.#wiring;
    const answer = await call({ method: 'GET', path: `/${key}` });
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) throw refusal(answer);
    const { body } = answer;
    const stored = {
      authorities: authoritiesIn(body),
      version: memberOf(answer, 'x-amz-version-id'),
      tag: memberOf(answer, 'etag'),
    };
    return { stored, body };
  }
}

function memberOf({ headers }: CallAnswer, name: string): string {
  const value = headers[name];
  if (!value) throw new Error(`Amazon S3 answered without ${name}`);
  return value;
}

function refusal({ status }: CallAnswer): Error {
  return new Error(`Amazon S3 answered ${status}`);
}
