import { PATHS } from '../../../provider/core/discovery/provider-metadata.ts';
import type { ActingClient } from '../acting-client.ts';
import { Different, expectAnswer } from '../ending.ts';
import type { ScenarioGroup } from '../scenario.ts';
import type { Stage, TrialPerson } from '../stage.ts';
import { askedOn } from './decisions.ts';

/** Logs in, and returns the tokens. */
async function tokensOf(client: ActingClient, person: TrialPerson): Promise<{ idToken: string; accessToken: string }> {
  const asked = await client.asked({ login_hint: person.email });
  expectAnswer(await person.phone.decide(asked.requestId, 'approve'), { status: 204 });
  const { answer } = expectAnswer(await client.poll(asked), { status: 200 });
  return { idToken: String(answer['id_token']), accessToken: String(answer['access_token']) };
}

/** The `kid` of a token. */
function kidOf(token: string): string {
  const header: unknown = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString());
  return typeof header === 'object' && header !== null && 'kid' in header ? String(header.kid) : '';
}

async function onStage(stage: Stage, metadata: Readonly<Record<string, unknown>> = {}) {
  return { client: await stage.client(metadata), person: await stage.person() };
}

export const tokens: ScenarioGroup = {
  title: 'Tokens and keys',
  scenarios: [
    {
      name: 'redeemed-twice',
      about: 'The client fetches the tokens a second time.',
      needs: 'local',
      ends: { status: 400, error: 'invalid_grant' },
      next: 'Keep the tokens when they come. If they are lost, ask the user again.',
      standard: 'CIBA §10.1.1',
      page: 'docs/security/clients.md#redeems-twice',
      async play(stage) {
        const { client, person, asked } = await askedOn(stage);
        expectAnswer(await person.phone.decide(asked.requestId, 'approve'), { status: 204 });
        expectAnswer(await client.poll(asked), { status: 200 });
        return client.poll(asked);
      },
    },
    {
      name: 'foreign-client',
      about: 'A client wants the tokens of another client.',
      needs: 'local',
      ends: { status: 400, error: 'invalid_grant' },
      next: 'Redeem with the client that asked. The answer is that for an unknown id, so nobody can probe.',
      standard: 'CIBA §11',
      page: 'docs/security/clients.md#redeems-another-clients-request',
      async play(stage) {
        const { person, asked } = await askedOn(stage);
        expectAnswer(await person.phone.decide(asked.requestId, 'approve'), { status: 204 });
        return (await stage.client()).poll(asked);
      },
    },
    {
      name: 'revoked-token',
      about: 'The client revokes its access token, and revokes it again.',
      needs: 'local',
      ends: { status: 200 },
      next: 'Forget the token. An API that checks tokens by itself takes it until it expires, unless it hears token_revoked.',
      standard: 'RFC 7009 §2.2',
      page: 'docs/events.md#refuse-revoked-access-tokens',
      async play(stage) {
        const { client, person } = await onStage(stage);
        const { accessToken } = await tokensOf(client, person);
        expectAnswer(await client.post(PATHS.revocation, { token: accessToken }), { status: 200 });
        return client.post(PATHS.revocation, { token: accessToken });
      },
    },
    {
      name: 'key-rotation',
      about: 'The provider signs with a new key from one login to the next. The old key still verifies.',
      needs: 'local',
      ends: { status: 200 },
      next: 'Choose the key by kid. When a kid is unknown, fetch the key set again, once. Pin no key.',
      standard: 'OIDC Core §10.1.1',
      page: 'docs/operations.md#signing-keys',
      async play(stage) {
        const { client, person } = await onStage(stage);
        const before = await tokensOf(client, person);
        await stage.rotateKeys();
        const after = await tokensOf(client, person);
        if (kidOf(before.idToken) === kidOf(after.idToken)) throw new Different('Both ID tokens have the same kid.');
        const { exchange, holds } = await stage.verify(before.idToken, after.idToken);
        if (holds.includes(false)) throw new Different('The key set does not verify both ID tokens.');
        return exchange;
      },
      own: {
        async answer(stage, { person, requestId }) {
          await stage.rotateKeys();
          expectAnswer(await person.phone.decide(requestId, 'approve'), { status: 204 });
        },
      },
    },
    {
      name: 'key-revoked',
      about:
        'A signing key is revoked, and what it signed is worth nothing. It revokes the PS256 key of this provider.',
      needs: 'local',
      ends: { status: 200 },
      next: 'Refuse what the key set no longer verifies, and ask the user again. Fetch the key set regularly.',
      standard: 'OIDC Core §10.1.1',
      page: 'docs/operations.md#a-key-is-compromised',
      async play(stage) {
        // Only clients that chose PS256 notice it.
        const { client, person } = await onStage(stage, { id_token_signed_response_alg: 'PS256' });
        const before = await tokensOf(client, person);
        await stage.revokeKey(kidOf(before.idToken));
        const after = await tokensOf(client, person);
        const { exchange, holds } = await stage.verify(before.idToken, after.idToken);
        if (holds.join() !== 'false,true') throw new Different('The key set does not refuse the old ID token alone.');
        return exchange;
      },
    },
  ],
};
