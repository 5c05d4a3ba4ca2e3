import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';

/** A call of AWS. */
export type SignedCall = {
  readonly service: 'codedeploy' | 'events' | 'lambda';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** How long the answer may take, its body included. */
  readonly milliseconds: number;
};
/** The answer, whatever its status. */
export type SignedAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
};
/** The addresses of services that are not where AWS has them. */
export type Endpoints = Readonly<Partial<Record<SignedCall['service'], string | undefined>>>;
/** A client of the SDK that a function has anyway. */
type Connected = Pick<SecretsManagerClient | DynamoDBClient, 'config'>;

/**
 * Calls AWS without a client of the service, which would be a third of a bundle (docs/adr/0022). It takes connections,
 * credentials and region from a client that the function has anyway. Nothing is tried again.
 */
export class SignedCalls {
  readonly #config: Connected['config'];
  readonly #endpoints: Endpoints;

  constructor({ config }: Connected, endpoints: Endpoints) {
    this.#config = config;
    this.#endpoints = endpoints;
  }

  /** Sends a call. It rejects if no answer comes in time. */
  async send(call: SignedCall): Promise<SignedAnswer> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`${call.service} does not answer`)), call.milliseconds);
    });
    return Promise.race([this.#send(call), late]).finally(() => clearTimeout(timer));
  }

  async #send({ service, path, query, headers, body }: SignedCall): Promise<SignedAnswer> {
    const { credentials, region, sha256, requestHandler } = this.#config;
    const { protocol, hostname, port, host } = new URL(this.#endpoints[service] ?? addressOf(service, await region()));
    const request = new HttpRequest({
      method: 'POST',
      protocol,
      hostname,
      ...(port && { port: Number(port) }),
      path,
      ...(query && { query: { ...query } }),
      headers: { ...headers, host, 'content-length': String(Buffer.byteLength(body)) },
      body,
    });
    const signer = new SignatureV4({ service, credentials, region, sha256 });
    const { response } = await requestHandler.handle((await signer.sign(request)) as HttpRequest);
    const chunks: Uint8Array[] = [];
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) chunks.push(chunk);
    return { status: response.statusCode, headers: response.headers, text: Buffer.concat(chunks).toString() };
  }
}

/** The address of a service. Regions in China have a domain of their own. */
function addressOf(service: string, region: string): string {
  return `https://${service}.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
}
