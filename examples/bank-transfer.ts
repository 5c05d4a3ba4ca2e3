/**
 * A bank asks its customer to confirm one transfer on the phone. The binding message names the amount and the payee. A
 * code in it shows that website and phone belong together.
 *
 * Uses openid-client with private_key_jwt: the bank has a private key, the provider knows the public key, and no secret
 * is ever sent. This example runs against `npm start` only, because it registers such a client and deletes it again. In
 * AWS an operator registers the client once (docs/admin-api.md).
 */
import { randomBytes, randomInt } from 'node:crypto';
import { exportJWK, generateKeyPair } from 'jose';
import * as openid from 'openid-client';
import { Explained, explain, run, type Setup } from './setup.ts';

const ABOUT = `A bank asks its customer to confirm one transfer on the phone.

With "npm start" in another terminal:       npx node examples/bank-transfer.ts
With the seeded phone answering by itself:  npx node examples/bank-transfer.ts --answer allow      (or deny)

  --url URL           address of "npm start" (default: CIBA_URL or http://localhost:3000)
  --answer ANSWER     allow or deny: what the seeded phone answers
  --help              print this text`;

const CUSTOMER = 'ana';
const BANK_API = 'https://bank.example.com';
const TRANSFER = { amount: '249.90 EUR', payee: 'Harbor Bikes', reference: 'T-4711' };
/** The greatest age of an approval, in seconds, that the bank accepts. */
const FRESH_SECONDS = 300;

await run(ABOUT, transfer, 'bank');

/** Registers the bank with a key of its own, asks the customer, and removes the bank again. */
async function transfer({ issuer, local, answer }: Setup): Promise<void> {
  if (!local)
    throw new Explained('This example runs against "npm start" only: unset ISSUER, CLIENT_ID, CLIENT_SECRET.');
  const clientId = `bank-${randomBytes(4).toString('hex')}`;
  const keys = await generateKeyPair('ES256');
  await admin(issuer, 'POST clients', {
    client_id: clientId,
    client_name: 'Harbor Bank Transfers',
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: 'ES256',
    jwks: { keys: [{ ...(await exportJWK(keys.publicKey)), alg: 'ES256' }] },
    scope: 'openid transfer',
    scope_descriptions: { transfer: 'Send this one transfer' },
    audiences: [BANK_API],
  });
  try {
    const config = await openid.discovery(issuer, clientId, {}, openid.PrivateKeyJwt(keys.privateKey), {
      // `enableNonRepudiationChecks` checks the signature of the ID token as well as its claims.
      execute: [openid.allowInsecureRequests, openid.enableNonRepudiationChecks],
    });
    await confirmTransfer(config, issuer, answer);
  } catch (error) {
    throw new Explained(`Nothing was sent. ${explain(error)}`);
  } finally {
    await admin(issuer, `DELETE clients/${clientId}`);
  }
}

async function confirmTransfer(config: openid.Configuration, issuer: URL, answer: Setup['answer']): Promise<void> {
  const code = String(randomInt(1000, 10_000));
  console.log(`Website: transfer ${TRANSFER.reference}, code ${code}. Compare the code on your phone.`);
  const asked = await openid.initiateBackchannelAuthentication(config, {
    scope: 'openid transfer',
    resource: BANK_API,
    // The customer is logged in at the website, so the bank knows the subject and sends it (RFC 9493).
    login_hint: JSON.stringify({ format: 'iss_sub', iss: issuer.href, sub: CUSTOMER }),
    binding_message: `Pay ${TRANSFER.amount} to ${TRANSFER.payee}. Code ${code}`,
  });
  await answer(asked.auth_req_id);
  const tokens = await openid.pollBackchannelAuthenticationGrant(config, asked);
  const claims = tokens.claims();
  if (claims?.sub !== CUSTOMER) throw new Error('another user approved');
  const age = Date.now() / 1000 - Number(claims['auth_time']);
  if (age > FRESH_SECONDS) throw new Error('the approval is too old');
  console.log(
    `Sent: approved ${Math.round(age)} s ago by ${claims.sub}, verified by ${JSON.stringify(claims['amr'])}.`,
  );
}

/** Calls the admin API. Locally it trusts callers on this machine; in AWS each call is signed with IAM credentials. */
async function admin(issuer: URL, call: string, body?: unknown): Promise<void> {
  const [method = '', path = ''] = call.split(' ');
  const response = await fetch(new URL(`admin/${path}`, issuer), {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Explained(`The admin API refused: ${await response.text()}`);
}
