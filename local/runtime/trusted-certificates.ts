import { getCACertificates, setDefaultCACertificates } from 'node:tls';

/**
 * Makes this thread trust certificates in PEM besides those of Node. The package of the command has another module in the
 * place of this one, because Node 20 lacks these functions: `release/serverless-ciba-cli/trusted-certificates.ts`.
 */
export function trustCertificates(certificates: readonly string[]): void {
  setDefaultCACertificates([...getCACertificates('default'), ...certificates]);
}
