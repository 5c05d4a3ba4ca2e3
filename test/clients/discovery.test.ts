import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { STANDARD_PROFILE } from '../../provider/core/client/profile.ts';
import { providerMetadata } from '../../provider/core/discovery/provider-metadata.ts';
import { World } from '../support/world.ts';
import { installed, runInstaller } from './support/installation.ts';
import { languageOf } from './support/languages.ts';

// The libraries of others that check a discovery document most strictly, before they do anything with it. Logins with
// openid-client, oauth4webapi, Auth0's SDKs, go-oidc and libiddawc, which check it too, are in clients.test.ts.

type Verdicts = Readonly<Record<string, string>>;
type Document = Readonly<Record<string, unknown>>;

const PROGRAMS = join(import.meta.dirname, 'validators');
const python = languageOf('validate.py');
const lacksPython = (await python.lacks()) !== undefined;
const DOCUMENT: Document = providerMetadata({
  issuer: 'https://op.example/',
  acrValues: ['urn:example:high'],
  profile: STANDARD_PROFILE,
});

let world: World;
let libraries: string;
beforeAll(async () => {
  const options = ['ci', '--no-audit', '--no-fund', '--ignore-scripts'];
  [world, libraries] = await Promise.all([
    World.start(),
    installed('validators', (work) => runInstaller('npm', options, work)),
  ]);
});
afterAll(() => world?.close());

/** Runs a program with a document as its input, and returns what its libraries say. */
function run(program: string, file: string, document: Document, env: NodeJS.ProcessEnv = {}): Promise<Verdicts> {
  return new Promise((resolve, reject) => {
    const child = execFile(program, [file], { env: { ...process.env, ...env } }, (error, out, err) =>
      error ? reject(new Error(`${file} failed: ${err}`)) : resolve(JSON.parse(out)),
    );
    child.stdin?.end(JSON.stringify(document));
  });
}
const inJavaScript = (document: Document, env?: NodeJS.ProcessEnv) =>
  run(process.execPath, join(libraries, 'validate.mjs'), document, env);
const inPython = async (document: Document) =>
  run(join(await python.install(), 'venv/bin/python'), join(PROGRAMS, 'validate.py'), document);

const refused = (verdicts: Verdicts) =>
  Object.entries(verdicts).flatMap(([library, verdict]) => (verdict === 'accepted' ? [] : [library]));
const MCP_SCHEMAS = ['MCP SDK, OAuthMetadataSchema', 'MCP SDK, OpenIdProviderDiscoveryMetadataSchema'];
const BETTER_AUTH = '@better-auth/sso, validateDiscoveryDocument';

describe('the discovery document (OIDC Discovery §3, RFC 8414 §2)', () => {
  it('is found and accepted by the MCP SDK, @openid4vc/oauth2, oidc-client-ts and @better-auth/sso', async () => {
    const verdicts = await inJavaScript(DOCUMENT, { ISSUER: world.issuer });
    expect(verdicts).toEqual({
      'MCP SDK, OAuthMetadataSchema': 'accepted',
      'MCP SDK, OpenIdProviderDiscoveryMetadataSchema': 'accepted',
      'MCP SDK, discoverAuthorizationServerMetadata': 'accepted',
      '@openid4vc/oauth2': 'accepted',
      'oidc-client-ts': 'accepted',
      '@better-auth/sso, validateDiscoveryDocument': 'accepted',
      '@better-auth/sso, discoverOIDCConfig': 'accepted',
    });
  });

  it('would be refused by them without authorization_endpoint, and by the MCP SDK without response types', async () => {
    const { authorization_endpoint: _, ...withoutEndpoint } = DOCUMENT;
    expect(refused(await inJavaScript(withoutEndpoint))).toEqual([...MCP_SCHEMAS, 'oidc-client-ts', BETTER_AUTH]);
    const { response_types_supported: _types, ...withoutTypes } = DOCUMENT;
    expect(refused(await inJavaScript(withoutTypes))).toEqual(MCP_SCHEMAS);
  });

  it.skipIf(lacksPython)('is accepted by both metadata models of Authlib, which refuse an empty list', async () => {
    const accepted = await inPython(DOCUMENT);
    expect(Object.keys(accepted)).toHaveLength(2);
    expect(refused(accepted)).toEqual([]);
    expect(refused(await inPython({ ...DOCUMENT, response_types_supported: [] }))).toEqual(Object.keys(accepted));
  });
});
