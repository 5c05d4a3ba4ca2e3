import { discoverOIDCConfig, validateDiscoveryDocument } from '@better-auth/sso';
import { discoverAuthorizationServerMetadata } from '@modelcontextprotocol/sdk/client/auth.js';
import { OAuthMetadataSchema, OpenIdProviderDiscoveryMetadataSchema } from '@modelcontextprotocol/sdk/shared/auth.js';
import { zAuthorizationServerMetadata } from '@openid4vc/oauth2';
import { MetadataService, OidcClientSettingsStore } from 'oidc-client-ts';

// Prints what each library says of a discovery document, `accepted` or its error. Standard input is the document;
// ISSUER names a provider that serves it, if one does.

const text = await new Response(process.stdin).text();
const metadata = JSON.parse(text);
const settings = { authority: metadata.issuer, client_id: 'x', redirect_uri: 'https://client.example/cb', metadata };
const signIn = new MetadataService(new OidcClientSettingsStore({ stateStore: {}, ...settings }));

const checks = {
  'MCP SDK, OAuthMetadataSchema': () => OAuthMetadataSchema.parse(metadata),
  'MCP SDK, OpenIdProviderDiscoveryMetadataSchema': () => OpenIdProviderDiscoveryMetadataSchema.parse(metadata),
  '@openid4vc/oauth2': () => zAuthorizationServerMetadata.parse(metadata),
  'oidc-client-ts': () => signIn.getAuthorizationEndpoint(),
  '@better-auth/sso, validateDiscoveryDocument': () => validateDiscoveryDocument(metadata, metadata.issuer),
  ...(process.env.ISSUER && {
    'MCP SDK, discoverAuthorizationServerMetadata': async () => {
      const found = await discoverAuthorizationServerMetadata(process.env.ISSUER);
      if (found?.issuer !== process.env.ISSUER) throw new Error('it found no document');
    },
    '@better-auth/sso, discoverOIDCConfig': async () => {
      const found = await discoverOIDCConfig({ issuer: process.env.ISSUER, isTrustedOrigin: () => true });
      if (!found.jwksEndpoint.startsWith(process.env.ISSUER)) throw new Error('it found another provider');
    },
  }),
};
const said = {};
for (const [name, check] of Object.entries(checks)) {
  said[name] = await Promise.resolve()
    .then(check)
    .then(
      () => 'accepted',
      (error) => String(error?.message ?? error),
    );
}
console.log(JSON.stringify(said));
