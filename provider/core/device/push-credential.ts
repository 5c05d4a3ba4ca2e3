import type { Platform } from './device.ts';

/**
 * The attributes that SNS needs for a platform application's credential, or what is wrong with the secret. It never
 * quotes the secret.
 */
export type PlatformCredential =
  | { readonly ok: true; readonly attributes: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly expected: string };

/**
 * Turns a secret into the attributes of an SNS platform application. For APNs it is a token key (a `.p8` file), which
 * does not expire and serves both production and sandbox. For FCM it is the service account's JSON, as Google provides
 * it.
 */
export function parsePushCredential(
  secret: string,
  application: { readonly platform: Platform; readonly bundleId?: string | undefined },
): PlatformCredential {
  const fields = jsonObject(secret);
  if (application.platform === 'GCM') return firebaseCredential(secret, fields);
  return appleCredential(fields, application.bundleId);
}

function appleCredential(fields: Fields, bundleId: string | undefined): PlatformCredential {
  const { teamId, keyId, privateKey } = fields;
  if (!isAppleId(teamId)) return wrong('"teamId", the ten characters of the Apple developer team');
  if (!isAppleId(keyId)) return wrong('"keyId", the ten characters of the APNs key');
  if (!isPem(privateKey)) return wrong('"privateKey", the text of the .p8 file with its first and last line');
  if (!bundleId) return wrong('the setting "apns.bundleId"');
  return {
    ok: true,
    attributes: {
      PlatformPrincipal: keyId,
      PlatformCredential: privateKey,
      ApplePlatformTeamID: teamId,
      ApplePlatformBundleID: bundleId,
    },
  };
}

function firebaseCredential(secret: string, fields: Fields): PlatformCredential {
  if (fields['type'] !== 'service_account') return wrong('"type": "service_account", as in the file from Firebase');
  if (typeof fields['project_id'] !== 'string') return wrong('"project_id", as in the file from Firebase');
  if (typeof fields['client_email'] !== 'string') return wrong('"client_email", as in the file from Firebase');
  if (!isPem(fields['private_key'])) return wrong('"private_key", as in the file from Firebase');
  return { ok: true, attributes: { PlatformCredential: secret } };
}

type Fields = Readonly<Record<string, unknown>>;

function jsonObject(text: string): Fields {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Fields) : {};
  } catch {
    return {};
  }
}

function isAppleId(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Z0-9]{10}$/.test(value);
}

function isPem(value: unknown): value is string {
  return typeof value === 'string' && /^-----BEGIN PRIVATE KEY-----[\s\S]+-----END PRIVATE KEY-----\s*$/.test(value);
}

function wrong(expected: string): PlatformCredential {
  return { ok: false, expected };
}
