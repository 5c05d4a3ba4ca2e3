import * as v from 'valibot';
import type { TrustingName } from '../../flows/operating/keep-origin-certificate.ts';
import { type Connected, type SendSigned, type SignedAnswer, type SignedCall, signedCalls } from '../signed-calls.ts';

const domainName = v.object({
  domainNameConfigurations: v.optional(v.array(v.object({ domainNameStatus: v.optional(v.string()) })), []),
  mutualTlsAuthentication: v.nullish(
    v.object({
      truststoreVersion: v.nullish(v.string()),
      truststoreWarnings: v.nullish(v.array(v.string()), []),
    }),
  ),
});

type Named = {
  readonly host: string;
  /** Where API Gateway reads the truststore: `s3://bucket/key`. */
  readonly truststoreUri: string;
  readonly region: string;
  /** The address of a stand-in, undefined in AWS. */
  readonly endpoint: string | undefined;
  /** How long each try of a call may take. */
  readonly milliseconds: number;
};

/** The pauses between the tries, in milliseconds. Nobody waits for this function. */
const PAUSES = [200, 400];

/** The custom domain name of the API, as API Gateway keeps it. */
export class ApiDomainName implements TrustingName {
  readonly #send: SendSigned;
  readonly #host: string;
  readonly #truststoreUri: string;

  constructor(client: Connected, { host, truststoreUri, region, endpoint, milliseconds }: Named) {
    this.#send = signedCalls(client, {
      service: 'apigateway',
      endpoint,
      region: async () => region,
      milliseconds,
      pauses: PAUSES,
    });
    this.#host = host;
    this.#truststoreUri = truststoreUri;
  }

  async state() {
    const answer = await this.#call({ method: 'GET' });
    if (answer.statusCode === 404) return undefined;
    if (answer.statusCode !== 200) throw refusal(answer);
    const { mutualTlsAuthentication, domainNameConfigurations } = v.parse(domainName, JSON.parse(answer.body));
    if (!mutualTlsAuthentication) return undefined;
    return {
      version: mutualTlsAuthentication.truststoreVersion ?? undefined,
      isReady: domainNameConfigurations.every(({ domainNameStatus }) => domainNameStatus === 'AVAILABLE'),
      warnings: mutualTlsAuthentication.truststoreWarnings ?? [],
    };
  }

  async trust(version: string): Promise<void> {
    const mutualTlsAuthentication = { truststoreUri: this.#truststoreUri, truststoreVersion: version };
    const body = JSON.stringify({ mutualTlsAuthentication });
    const headers = { 'content-type': 'application/json' };
    const answer = await this.#call({ method: 'PATCH', headers, body });
    if (answer.statusCode !== 200) throw refusal(answer);
  }

  #call(call: Omit<SignedCall, 'path'>): Promise<SignedAnswer> {
    return this.#send({ ...call, path: `/v2/domainnames/${this.#host}` });
  }
}

function refusal({ statusCode }: SignedAnswer): Error {
  return new Error(`API Gateway answered ${statusCode}`);
}
