import { CREDENTIAL_OPTIONS } from '../asking/asking-client.ts';
import { readCredential } from '../asking/credential.ts';
import { command } from '../command-line/command.ts';
import { plainLine } from '../command-line/text-layout.ts';
import { findingLines, isHealthy } from '../doctor/report.ts';
import { CLIENT_ARGUMENT } from './client-output.ts';

/** `ciba client test` */
export const testClientCommand = command({
  name: 'test',
  about: 'Checks everything that makes a client work, and says what is wrong and what to do.',
  notes:
    'For a client in ping or push mode, the function that pings tries the notification endpoint, from where real pings come: with --stack on a deployment, for which your AWS identity needs cloudformation:DescribeStacks and lambda:InvokeFunction. It POSTs a token and an auth_req_id that are made up and belong to no request. A good endpoint answers 401. For a client with a jwks_uri, the same function fetches its keys. With a key or secret, the command tries it too: it asks for the tokens of a request that nobody made. Marks and exit codes are those of ciba doctor. Nothing is changed, and no user is asked.',
  arguments: [CLIENT_ARGUMENT],
  options: CREDENTIAL_OPTIONS,
  examples: [
    'ciba client test bank',
    'ciba client test bank --key-file bank.private.jwk.json',
    'ciba client test bank --secret-file bank.secret --stack ciba-production',
    'ciba client test bank --json | jq ".checks[] | select(.state != \\"good\\")"',
  ],
  async run({ api, deployment, argument, options }) {
    const credential = await readCredential(options);
    const { testClient } = await import('../client-test/test-client.ts');
    const { client, findings } = await testClient({ api, deployment }, argument.client_id, credential);
    const healthy = isHealthy({ findings });
    const { client_id, client_name } = client;
    const text = [`${plainLine(client_id)} (${plainLine(client_name)})`, '', ...findingLines(findings)].join('\n');
    return { json: JSON.stringify({ client_id, healthy, checks: findings }), text, failed: !healthy };
  },
});
