import * as v from 'valibot';
import type { TrustingName } from '../../flows/operating/keep-origin-certificate.ts';
import type { Call, CallAnswer } from '../https/signed-call.ts';

const domainName = v.object({
  domainNameConfigurations: v.optional(v.array(v.object({ domainNameStatus: v.optional(v.string()) })), []),
  mutualTlsAuthentication: v.nullish(
    v.object({
      truststoreVersion: v.nullish(v.string()),
      truststoreWarnings: v.nullish(v.array(v.string()), []),
    }),
  ),
});

type Wiring = {
  readonly call: (call: Call) => Promise<CallAnswer>;
  readonly host: string;
  /** Where API Gateway reads the truststore: `s3://bucket/key`. */
  readonly truststoreUri: string;
};

/** The custom domain name of the API, as API Gateway keeps it. */
export class ApiDomainName implements TrustingName {
  readonly #wiring: Wiring;

  constructor(wiring: Wiring) {
    this.#wiring = wiring;
  }

  async state() {
    const answer = await this.#call({ method: 'GET' });
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) throw refusal(answer);
    const { mutualTlsAuthentication, domainNameConfigurations } = v.parse(domainName, JSON.parse(answer.body));
    if (!mutualTlsAuthentication) return undefined;
    return {
      version: mutualTlsAuthentication.truststoreVersion ?? undefined,
      isReady: domainNameConfigurations.every(({ domainNameStatus }) => domainNameStatus === 'AVAILABLE'),
      warnings: mutualTlsAuthentication.truststoreWarnings ?? [],
    };
  }

  async trust(version: string): Promise<void> {
    const mutualTlsAuthentication = { truststoreUri: this.#wiring.truststoreUri, truststoreVersion: version };
    const body = JSON.stringify({ mutualTlsAuthentication });
    const headers = { 'content-type': 'application/json' };
    const answer = await this.#call({ method: 'PATCH', headers, body });
    if (answer.status !== 200) throw refusal(answer);
  }

  #call(call: Omit<Call, 'path'>): Promise<CallAnswer> {
    return this.#wiring.call({ ...call, path: `/v2/domainnames/${this.#wiring.host}` });
  }
}

function refusal({ status }: CallAnswer): Error {
  return new Error(`API Gateway answered ${status}`);
}
