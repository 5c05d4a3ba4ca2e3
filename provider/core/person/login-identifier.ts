/** A name by which a user can be found. Values are normalised: what is stored and what is asked compare equal. */
export type LoginIdentifier = { readonly type: 'email' | 'phone' | 'username'; readonly value: string };

const email = /^[^\s@\p{C}]{1,64}@[^\s@\p{C}]{1,190}$/u;

const phone = /^\+[1-9]\d{6,14}$/;

const username = /^[\p{L}\p{N}][\p{L}\p{N}\p{M}._'-]{0,63}$/u;

/** A subject identifier: at most 255 ASCII characters (OIDC Core §2), and none that a key or a path would need to escape. */
const subject = /^(?!\.{1,2}$)[A-Za-z0-9._|:@+-]{1,128}$/;

/** An e-mail address in the form it is stored: trimmed, NFC, lower case. */
export function parseEmail(value: string): string | undefined {
  const normal = value.trim().normalize('NFC').toLowerCase().normalize('NFC');
  return email.test(normal) ? normal : undefined;
}

/** A phone number in the form it is stored: E.164, without the spaces, dots, dashes and brackets people write. */
export function parsePhoneNumber(value: string): string | undefined {
  const normal = value
    .trim()
    .replace(/^tel:/i, '')
    .replace(/[ ().-]/g, '');
  return phone.test(normal) ? normal : undefined;
}

/** A username in the form it is stored: trimmed, NFKC, lower case. */
export function parseUsername(value: string): string | undefined {
  const normal = value.trim().normalize('NFKC').toLowerCase().normalize('NFKC');
  return username.test(normal) ? normal : undefined;
}

/** Whether a string can be a `sub` of this provider. */
export function isSubject(value: unknown): value is string {
  return typeof value === 'string' && subject.test(value);
}
