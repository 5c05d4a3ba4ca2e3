// The certificate by which CloudFront proves to the API that it is this deployment's CloudFront. An authority that is
// made for it alone signs it. The API trusts authorities.

const DAY_SECONDS = 86_400;

/** How long a certificate and its authority are valid. */
export const ORIGIN_CERTIFICATE_SECONDS = 365 * DAY_SECONDS;
/** How long before its end a certificate is renewed. An alarm rings when 30 days are left, so 60 are for repairs. */
const RENEW_BEFORE_SECONDS = 90 * DAY_SECONDS;
/**
 * For how long an authority stays trusted after a newer certificate was made. CloudFront needs minutes or hours until
 * each of its places uses the new one. Nobody can use the old one meanwhile: the authority's key is forgotten.
 */
const OVERLAP_SECONDS = 7 * DAY_SECONDS;
/** How long after the API trusts a new authority CloudFront starts to use its certificate. */
export const SETTLE_SECONDS = 120;

/** The tag of a certificate in ACM that names the stack for which it was made. */
export const ORIGIN_CERTIFICATE_TAG = 'ciba-origin-certificate';
/** The key of the list of authorities in its bucket. */
export const TRUSTSTORE_KEY = 'truststore.pem';

/** The public certificate of an authority. */
export type Authority = {
  /** The SHA-256 of the certificate, which tells whether two are the same. */
  readonly id: string;
  /** The certificate in PEM. */
  readonly pem: string;
  /** The instant since which it is valid. */
  readonly madeAt: number;
};

/** The certificate that CloudFront uses, without its private key. */
export type CertificateInUse = {
  readonly authority: Authority;
  readonly madeAt: number;
  readonly expiresAt: number;
};

/** A new certificate with its private key, in PEM. The key must not leave the function but to the certificate's store. */
export type MadeCertificate = {
  readonly certificate: string;
  readonly privateKey: string;
  readonly authority: Authority;
};

/** Whether a certificate is so near to its end that it must be renewed. */
export function isRenewalDue({ expiresAt }: CertificateInUse, now: number): boolean {
  return now >= expiresAt - RENEW_BEFORE_SECONDS;
}

/** Returns for how many whole days a certificate is still valid. Negative once it has expired. */
export function daysLeft({ expiresAt }: Pick<CertificateInUse, 'expiresAt'>, now: number): number {
  return Math.floor((expiresAt - now) / DAY_SECONDS);
}

/**
 * Returns the authorities that must stay trusted: that of the certificate in use; all others until some days after the
 * certificate in use was made; and those that were made lately, because another run may be about to use them.
 */
export function stillTrusted(
  trusted: readonly Authority[],
  inUse: CertificateInUse,
  now: number,
): readonly Authority[] {
  const isRecent = ({ madeAt }: { readonly madeAt: number }) => now < madeAt + OVERLAP_SECONDS;
  const others = trusted.filter((one) => one.id !== inUse.authority.id);
  return [inUse.authority, ...others.filter((one) => isRecent(inUse) || isRecent(one))];
}

/** Whether two lists name the same authorities, in any order. */
export function areSame(some: readonly Authority[], others: readonly Authority[]): boolean {
  const ids = new Set(others.map(({ id }) => id));
  return some.length === others.length && some.every(({ id }) => ids.has(id));
}
