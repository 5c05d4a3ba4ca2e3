import { Sha256 } from '@smithy/core/checksum';
import { HttpRequest } from '@smithy/core/protocols';
import { SignatureV4 } from '@smithy/signature-v4';
import { describe, expect, it } from 'vitest';
import { type SignatureScope, signedHeaders, type UnsignedRequest } from '../../../cli/deployment/request-signature.ts';
import { synthesized } from '../support/synthesized.ts';

const shielded = synthesized('shielded');
const credentials = { accessKeyId: 'operator', secretAccessKey: 'secret', sessionToken: 'session' };
const scope: SignatureScope = { service: 'execute-api', region: 'eu-west-1', credentials: async () => credentials };
type Headers = Readonly<Record<string, string>>;

/** What CloudFront adds to each call, as its documentation says. */
const ADDED: Headers = {
  via: '2.0 abc.cloudfront.net (CloudFront)',
  'x-amz-cf-id': 'abc',
  'x-forwarded-for': '203.0.113.7',
  'cloudfront-viewer-address': '203.0.113.7:46532',
};

/** Hands the headers on as the origin request policy of the template says. */
function throughCloudFront(headers: Headers): Headers {
  const { HeadersConfig } = shielded.single('AWS::CloudFront::OriginRequestPolicy').Properties
    .OriginRequestPolicyConfig;
  if (HeadersConfig.HeaderBehavior !== 'allViewerAndWhitelistCloudFront')
    throw new Error(`no rule for ${HeadersConfig.HeaderBehavior}`);
  return { ...headers, ...ADDED };
}

/** Checks a signature as API Gateway does: over the headers that it names, as they arrived. */
async function isAccepted({ method, url, body }: UnsignedRequest, arrived: Headers): Promise<boolean> {
  const [, names = ''] = /SignedHeaders=([^,]+)/.exec(arrived['authorization'] ?? '') ?? [];
  const covered = Object.fromEntries(names.split(';').map((name) => [name, arrived[name] ?? '']));
  const date = String(arrived['x-amz-date']).replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z');
  // With a session token of its own the signer would put back what did not arrive.
  const { sessionToken: _, ...key } = credentials;
  const signer = new SignatureV4({ ...scope, credentials: key, sha256: Sha256 });
  const again = await signer.sign(
    new HttpRequest({
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: covered,
      ...(body !== undefined && { body }),
    }),
    { signingDate: new Date(date) },
  );
  return again.headers['authorization'] === arrived['authorization'];
}

async function send(method: string, path: string, body?: string) {
  const url = new URL(path, 'https://login.example.com');
  const request = { method, url, headers: body ? { 'content-type': 'application/json' } : {}, body };
  const headers = await signedHeaders(request, scope);
  return {
    request,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
  };
}

describe('the signature of a call to the admin API (SigV4)', () => {
  it.each([
    ['POST', '/admin/clients', '{"client_name":"ü"}'],
    ['POST', '/admin/users/search', '{"login_hint":"jane@example.com"}'],
    ['GET', '/admin/clients?after=bank', undefined],
    ['DELETE', '/admin/users/a%7Cb/devices/d-1', undefined],
  ])('of %s %s is accepted behind CloudFront, whatever CloudFront adds', async (method, path, body) => {
    const { request, headers } = await send(method, path, body);
    expect(headers['authorization']).toMatch(/SignedHeaders=[a-z0-9;-]*host/);
    expect(await isAccepted(request, throughCloudFront(headers))).toBe(true);
  });

  it('would be refused if CloudFront called the API by another name than the caller did', async () => {
    const { request, headers } = await send('GET', '/admin/clients');
    const elsewhere = { ...throughCloudFront(headers), host: 'd-abc123.execute-api.eu-west-1.amazonaws.com' };
    expect(await isAccepted(request, elsewhere)).toBe(false);
  });

  it('would be refused if CloudFront kept back a header that was signed, such as the session token', async () => {
    const { request, headers } = await send('POST', '/admin/clients', '{}');
    const { 'x-amz-security-token': _, ...without } = throughCloudFront(headers);
    expect(await isAccepted(request, without)).toBe(false);
  });
});
