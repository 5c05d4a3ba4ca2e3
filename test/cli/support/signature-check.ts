import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** The other side's copy of an access key. */
export type AccessKey = { readonly id: string; readonly secret: string; readonly sessionToken?: string };

const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');
const hmac = (key: string | Buffer, content: string) => createHmac('sha256', key).update(content).digest();
const encoded = (text: string) =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

/**
 * What API Gateway does with a signed request, written from the text of "Signature Version 4" and not with the SDK:
 * computes the signature again over what arrived. Returns what is wrong, or undefined.
 */
export function wrongInSignature(
  request: IncomingMessage,
  body: Buffer,
  expected: { key: AccessKey; region: string; host: string; service?: 'execute-api' | 's3' },
): string | undefined {
  const { authorization = '', host, ...headers } = request.headers as Record<string, string | undefined>;
  const match =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([a-z0-9-]+)\/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/.exec(
      authorization,
    );
  const { key, service = 'execute-api' } = expected;
  if (match?.[4] !== service) return `no signature for ${service}: ${authorization}`;
  const [, id, date = '', region = '', , signedNames = '', signature] = match;
  const instant = headers['x-amz-date'] ?? '';
  if (host !== expected.host) return `host ${host}`;
  if (id !== key.id || region !== expected.region) return `credential of ${id} in ${region}`;
  if (!instant.startsWith(date) || Math.abs(Date.now() - instantOf(instant)) > 300_000) return `date ${instant}`;
  if (headers['x-amz-security-token'] !== key.sessionToken) return 'session token';
  const names = signedNames.split(';');
  const must = ['host', ...Object.keys(headers).filter((name) => name.startsWith('x-amz-'))];
  if (body.length > 0) must.push('content-type');
  const unsigned = must.find((name) => !names.includes(name));
  if (unsigned) return `${unsigned} is not signed`;
  const canonicalRequest = [
    request.method,
    ...canonicalTarget(request.url ?? '/', service),
    ...names.map((name) => `${name}:${(name === 'host' ? host : headers[name])?.trim()}`),
    '',
    signedNames,
    sha256(body),
  ].join('\n');
  const scope = `${date}/${region}/${service}/aws4_request`;
  const signingKey = [date, region, service, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${key.secret}`);
  const recomputed = hmac(signingKey, ['AWS4-HMAC-SHA256', instant, scope, sha256(canonicalRequest)].join('\n'));
  return recomputed.toString('hex') === signature ? undefined : `signature over\n${canonicalRequest}`;
}

/** The path, each segment as it arrived and encoded once more (every service but S3); the query, sorted. */
function canonicalTarget(target: string, service: string): [string, string] {
  const [path = '', query = ''] = target.split('?');
  const pairs = [...new URLSearchParams(query)].map(([name, value]) => `${encoded(name)}=${encoded(value)}`);
  // S3 encodes the key itself, so its characters are encoded once.
  const segments = path.split('/').map((one) => encoded(service === 's3' ? decodeURIComponent(one) : one));
  return [segments.join('/'), pairs.sort().join('&')];
}

function instantOf(compact: string): number {
  return Date.parse(compact.replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\dZ)$/, '$1-$2-$3:$4:$5'));
}
