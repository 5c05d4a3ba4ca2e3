import type { Authority } from '../../core/operating/origin-certificate.ts';
import type { StoredTruststore, Truststore } from '../../flows/operating/keep-origin-certificate.ts';
import { type Connected, type SendSigned, type SignedAnswer, signedCalls } from '../signed-calls.ts';

/** Reads the authorities in a PEM bundle. */
type AuthoritiesIn = (bundle: string) => readonly Authority[];
type Place = {
  readonly bucket: string;
  readonly key: string;
  readonly region: string;
  /** The address of a stand-in, undefined in AWS. */
  readonly endpoint: string | undefined;
  /** How long each try of a call may take. */
  readonly milliseconds: number;
};

/** The pauses between the tries, in milliseconds. Nobody waits for this function. */
const PAUSES = [200, 400];

/** The list of authorities that the API may trust: one PEM bundle in a versioned bucket. */
export class S3Truststore implements Truststore {
  readonly #send: SendSigned;
  readonly #path: string;
  readonly #authoritiesIn: AuthoritiesIn;

  constructor(client: Connected, { bucket, key, region, endpoint, milliseconds }: Place, authoritiesIn: AuthoritiesIn) {
    this.#send = signedCalls(client, {
      service: 's3',
      endpoint: endpoint ?? `https://${bucket}.s3.${region}.amazonaws.com`,
      region: async () => region,
      milliseconds,
      pauses: PAUSES,
    });
    // A stand-in has the bucket in its path.
    this.#path = endpoint ? `/${bucket}/${key}` : `/${key}`;
    this.#authoritiesIn = authoritiesIn;
  }

  async read(): Promise<StoredTruststore | undefined> {
    return (await this.#object())?.stored;
  }

  async write(authorities: readonly Authority[], over: StoredTruststore | undefined): Promise<string | undefined> {
    const body = authorities.map(({ pem }) => pem).join('');
    const condition = over ? { 'if-match': over.tag } : { 'if-none-match': '*' };
    const headers = { 'content-type': 'application/x-pem-file', ...condition };
    const answer = await this.#send({ method: 'PUT', path: this.#path, headers, body });
    if (answer.statusCode === 200) return memberOf(answer, 'x-amz-version-id');
    if (answer.statusCode !== 409 && answer.statusCode !== 412) throw refusal(answer);
    // A try whose answer was lost makes the next one fail. Then the object holds what was to be written.
    const now = await this.#object();
    return now?.body === body ? now.stored.version : undefined;
  }

  async #object(): Promise<{ stored: StoredTruststore; body: string } | undefined> {
    const answer = await this.#send({ method: 'GET', path: this.#path });
    if (answer.statusCode === 404) return undefined;
    if (answer.statusCode !== 200) throw refusal(answer);
    const { body } = answer;
    const stored = {
      authorities: this.#authoritiesIn(body),
      version: memberOf(answer, 'x-amz-version-id'),
      tag: memberOf(answer, 'etag'),
    };
    return { stored, body };
  }
}

function memberOf({ headers }: SignedAnswer, name: string): string {
  const value = headers[name];
  if (!value) throw new Error(`Amazon S3 answered without ${name}`);
  return value;
}

function refusal({ statusCode }: SignedAnswer): Error {
  return new Error(`Amazon S3 answered ${statusCode}`);
}
