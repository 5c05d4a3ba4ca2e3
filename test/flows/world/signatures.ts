import type { PublicJwk, SigningAlgorithm } from '../../../provider/core/keys/jwk.ts';
import type { TokenClaims } from '../../../provider/core/token/access-token.ts';
import type { FoundKeySet, JwsVerifier, RemoteKeySets } from '../../../provider/flows/ports.ts';
import type { TokenSigner } from '../../../provider/flows/token/ports.ts';
import type { Journal } from './journal.ts';

/** A P-256 key that can be told from others: its first coordinate spells its name. */
export const keyNamed = (name: string): PublicJwk => ({
  kty: 'EC',
  crv: 'P-256',
  x: name.padEnd(43, '_'),
  y: 'y'.repeat(43),
});

type Signed = { header: TokenClaims; claims: TokenClaims; key: PublicJwk; algorithm: SigningAlgorithm };

/** What others signed. A JWS here is a name; the world knows what it says, and under which key. */
export function signaturesIn(journal: Journal) {
  const known = new Map<string, Signed>();
  /** Signs as others do: ES256, unless they do something else. */
  const sign = (signed: {
    header?: TokenClaims;
    claims: TokenClaims;
    key: PublicJwk;
    algorithm?: SigningAlgorithm;
  }) => {
    const jws = `jws-${known.size + 1}`;
    known.set(jws, { algorithm: 'ES256', ...signed, header: { alg: 'ES256', ...signed.header } });
    return jws;
  };
  const verifier: JwsVerifier = {
    decode: (jws) => known.get(jws),
    verifies: async (jws, key, algorithm) => {
      journal.begin(`verify under ${key.x?.replaceAll('_', '')}`);
      const signed = known.get(jws);
      return signed !== undefined && signed.key.x === key.x && signed.algorithm === algorithm;
    },
    thumbprint: async (key) => `thumbprint of ${key.x?.replaceAll('_', '')}`,
  };
  /** The key sets at addresses. */
  const published = new Map<string, FoundKeySet>();
  const remoteKeySets: RemoteKeySets = journal.port({
    find: async (jwksUri, { kid }) => {
      journal.begin(`find keys at ${jwksUri} for kid ${kid}`);
      return published.get(jwksUri) ?? { failure: 'name_not_found' };
    },
  });
  return { sign, verifier, published, remoteKeySets };
}

/** Our own signatures: a token here is a name; `signed` is what each says. */
export function signerIn(journal: Journal) {
  const signed: { claims: TokenClaims; algorithm: SigningAlgorithm }[] = [];
  const signer: TokenSigner = {
    sign: async (claims, { algorithm, type }) => {
      journal.begin(`sign ${type}`);
      signed.push({ claims, algorithm });
      return `${type} ${signed.length}`;
    },
  };
  return { signed, signer };
}
