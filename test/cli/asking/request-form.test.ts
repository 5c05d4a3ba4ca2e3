import { exportJWK, generateKeyPair, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { requestForm } from '../../../cli/asking/request-form.ts';

const provider = { issuer: 'https://login.example.com/' };
const hint = { parameter: 'id_token_hint', value: 'e30.e30.e30', shown: 'the user of an ID token' } as const;
const parameters = { scope: 'openid', user_code: '4711' };

describe('the request of ciba ask', () => {
  it('names the user by one hint, beside its parameters', async () => {
    const form = await requestForm({ clientId: 'desk', hint, parameters }, provider);
    expect(form).toEqual({ ...parameters, id_token_hint: 'e30.e30.e30' });
  });

  it.each(['ES256', 'RS256', 'PS256'] as const)(
    'is one JWT with all of them if the client signs, by %s (CIBA §7.1.1)',
    async (alg) => {
      const { publicKey, privateKey } = await generateKeyPair(alg);
      const signingKey = { method: 'private_key_jwt', key: privateKey, kid: 'k1' } as const;
      const { request = '', ...others } = await requestForm(
        { clientId: 'desk', hint, parameters, signingKey },
        provider,
      );
      expect(others).toEqual({});
      const expected = { issuer: 'desk', audience: provider.issuer, typ: 'oauth-authz-req+jwt', algorithms: [alg] };
      const { payload, protectedHeader } = await jwtVerify(request, await exportJWK(publicKey), expected);
      expect(protectedHeader).toMatchObject({ alg, kid: 'k1' });
      expect(payload).toMatchObject({ ...parameters, id_token_hint: 'e30.e30.e30', jti: expect.any(String) });
      for (const time of ['iat', 'nbf', 'exp']) expect(payload[time]).toEqual(expect.any(Number));
      expect(payload.sub).toBeUndefined();
    },
  );
});
