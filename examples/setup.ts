import { parseArgs } from 'node:util';

// What the examples share: the provider's address, the client, and the phone that answers.

/** The provider and the client of an example. */
export type Setup = {
  /** The provider's issuer. Everything else is discovered from it. */
  readonly issuer: URL;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Whether this is a local run. Only a local run may use `http://`. */
  readonly local: boolean;
  /** Makes the seeded phone of a local run answer, if `--answer allow` or `--answer deny` is given. */
  answer(authReqId: string): Promise<void>;
};

/** The seeded clients, as the local runtime returns them. */
type SeededDemo = { readonly clients: readonly { client_id: string; client_secret: string }[] };

const { values } = parseArgs({
  options: { url: { type: 'string', default: 'http://localhost:3000' }, answer: { type: 'string' } },
});

if (values.answer !== undefined && values.answer !== 'allow' && values.answer !== 'deny') {
  throw new Error('--answer must be allow or deny');
}

/**
 * Reads `ISSUER`, `CLIENT_ID` and `CLIENT_SECRET` from the environment, as a backend would. Without them it asks a
 * running `npm start` for the seeded client with this id.
 */
export async function setUp(seededClient: string): Promise<Setup> {
  const { ISSUER, CLIENT_ID, CLIENT_SECRET } = process.env;
  if (ISSUER && CLIENT_ID && CLIENT_SECRET) {
    const by = { clientId: CLIENT_ID, clientSecret: CLIENT_SECRET };
    return { issuer: new URL(ISSUER), ...by, local: false, answer: async () => undefined };
  }
  const response = await fetch(`${values.url}/local/demo`).catch(() => {
    throw new Error(`no provider answers at ${values.url}: run "npm start" in another terminal first`);
  });
  const { clients }: SeededDemo = JSON.parse(await response.text());
  const client = clients.find(({ client_id }) => client_id === seededClient);
  if (!client)
    throw new Error(`the local provider has no client ${seededClient}: start it without --seed, or add this client`);
  return {
    issuer: new URL(`${values.url}/`),
    clientId: client.client_id,
    clientSecret: client.client_secret,
    local: true,
    answer: letSeededPhoneAnswer,
  };
}

async function letSeededPhoneAnswer(authReqId: string): Promise<void> {
  const query = new URLSearchParams({ auth_req_id: authReqId, action: values.answer ?? '' });
  const call = `${values.url}/local/decide?${query}`;
  if (values.answer !== undefined) await fetch(call, { method: 'POST' });
  else console.log(`  Answer on a phone of the user (examples/phone.ts), or: curl -X POST '${call}allow'`);
}
