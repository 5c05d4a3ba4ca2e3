import tls, { type SecureContext } from 'node:tls';

/**
 * Makes this thread trust certificates in PEM besides those of Node, in the place of
 * `local/runtime/trusted-certificates.ts`. Node 20 has no function for it, but makes every connection with
 * `tls.createSecureContext`.
 */
export function trustCertificates(certificates: readonly string[]): void {
  const original = tls.createSecureContext;
  tls.createSecureContext = (options) => {
    const made = original(options);
    if (options?.ca === undefined) for (const certificate of certificates) authorityOf(made)(certificate);
    return made;
  };
}

/** Returns Node's own function that adds an authority to a context. Its types do not name it. */
function authorityOf({ context }: SecureContext): (certificate: string) => void {
  if (typeof context !== 'object' || !('addCACert' in context) || typeof context.addCACert !== 'function')
    throw new Error('this version of Node cannot trust the certificates of this machine');
  return context.addCACert.bind(context);
}
