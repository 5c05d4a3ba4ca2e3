import type { HintIssuer } from '../asking/hint-issuer.ts';
import { PRIVATE_MEMBERS, parsePublicKey } from '../keys/public-key.ts';
import { isCallableUrl } from '../notifying/notification-endpoint.ts';
import { ok, type Result, refuse } from '../result.ts';
import type { HintIssuerMetadata, MemberSpec } from './metadata-member.ts';

/** The row of the issuers in the table of client metadata. */
export const HINT_METADATA = {
  login_hint_token_issuers: {
    kind: 'hint_issuers',
    most: 5,
    source: 'own',
    means:
      'Who may sign a `login_hint_token` for the client, and so name any of its users: for each the `issuer` (`iss`), its keys as `jwks` or `jwks_uri`, and the `audience` (`aud`) if it is not the issuer of this provider.',
    whenAbsent: 'whom the setting `loginHintTokenIssuers` trusts',
    change: 'remove',
    audited: 'name',
    storedAs: 'hintIssuers',
  },
} as const satisfies Readonly<Record<string, MemberSpec>>;

const PRINTABLE = /^[\x21-\x7E]{1,255}$/;

/** Turns the registered issuers of `login_hint_token`s into those of a client. Undefined stays undefined. */
export function registerHintIssuers(
  registered: readonly HintIssuerMetadata[] | undefined,
): Result<readonly HintIssuer[] | undefined> {
  if (!registered) return ok(undefined);
  const names = registered.map(({ issuer }) => issuer);
  if (new Set(names).size < names.length) return wrong('without the same issuer twice');
  const fault = registered.map(faultIn).find((found) => found !== undefined);
  if (fault !== undefined) return wrong(fault);
  return ok(
    registered.map(({ issuer, jwks, jwks_uri, audience }) => ({
      issuer,
      keys: jwks?.keys ?? [],
      ...(jwks_uri !== undefined && { jwksUri: jwks_uri }),
      ...(audience !== undefined && { audience }),
    })),
  );
}

/** Returns the issuers as operators read them. */
export function describeHintIssuers(
  issuers: readonly HintIssuer[] | undefined,
): readonly HintIssuerMetadata[] | undefined {
  return issuers?.map(({ issuer, keys, jwksUri, audience }) => ({
    issuer,
    ...(jwksUri === undefined ? { jwks: { keys } } : { jwks_uri: jwksUri }),
    ...(audience !== undefined && { audience }),
  }));
}

/** Returns what was expected of an issuer, or undefined. */
function faultIn({ issuer, jwks, jwks_uri, audience }: HintIssuerMetadata): string | undefined {
  if (![issuer, audience ?? issuer].every((text) => PRINTABLE.test(text)))
    return 'issuers and audiences of 1 to 255 printable ASCII characters';
  if ((jwks === undefined) === (jwks_uri === undefined)) return 'issuers with either jwks or jwks_uri';
  if (jwks_uri !== undefined && !isCallableUrl(jwks_uri)) return 'issuers whose jwks_uri is an https URL';
  const keys = jwks?.keys ?? [];
  if (jwks && keys.length === 0) return 'issuers with at least one public key';
  if (keys.some((key) => PRIVATE_MEMBERS.some((member) => Object.hasOwn(key, member)))) return 'public keys only';
  return keys.every((key) => parsePublicKey(key).ok)
    ? undefined
    : 'issuers with RSA keys of 2048 to 4096 bits with e AQAB, or EC keys on P-256';
}

function wrong(expected: string): Result<never> {
  return refuse({ reason: 'invalid_client_metadata', member: 'login_hint_token_issuers', expected });
}
