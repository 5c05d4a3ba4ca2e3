/** What keeps the provider from a client's address, and what the developer of the client does about it. */
export const UNREACHABLE: Readonly<Record<string, readonly [why: string, todo: string]>> = {
  not_https: ['it is no https address', 'Register an https address.'],
  address_not_public: [
    'its name leads to an address that is not public, which the provider never calls',
    'Register an address that the internet can reach.',
  ],
  name_not_found: ['its name is not in DNS', 'Check the spelling of the address, and its DNS record.'],
  connection_failed: [
    'nothing listens there, or a firewall refuses the provider',
    'Start the endpoint, and let calls from the internet in.',
  ],
  timeout: [
    'there was no answer within five seconds',
    'Answer first and work afterwards: store the auth_req_id, and answer 204.',
  ],
  certificate_expired: ['its certificate has expired', 'Renew the certificate of the endpoint.'],
  certificate_for_another_name: [
    'its certificate is for another name',
    'Use a certificate that has the name in the registered address.',
  ],
  certificate_not_trusted: [
    'its certificate is self-signed, of a private authority, or sent without its intermediate certificates',
    'Use a certificate of a public authority, and send the whole chain. On this machine, ciba listen makes one that the local provider trusts.',
  ],
  tls_failed: ['there is no TLS 1.2 or newer', 'Switch on TLS 1.2 or 1.3 at the endpoint, at this port.'],
  not_http: ['its answer is not valid HTTP', 'Check what listens at this port.'],
};
