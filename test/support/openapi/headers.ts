// The headers of answers.

const header = (description: string, schema: object, required?: true) => ({
  description,
  ...(required && { required }),
  schema,
});

/** By their names in `components/headers`. */
export const HEADERS = {
  NotStored: header('No cache may keep the answer.', { type: 'string', const: 'no-store' }, true),
  NoCache: header('The same for HTTP/1.0 (RFC 6749 §5.1).', { type: 'string', const: 'no-cache' }, true),
  Cached: header('Anyone may keep the answer.', { type: 'string', pattern: '^public, max-age=[0-9]+$' }, true),
  AnyOrigin: header('Pages of any origin may read it.', { type: 'string', const: '*' }, true),
  Methods: header('The methods.', { type: 'string', const: 'GET, HEAD, OPTIONS' }, true),
  AnyHeader: header('Pages may send any header.', { type: 'string', const: '*' }, true),
  AllowedFor: header('For how many seconds browsers need not ask again.', { type: 'integer', const: 7200 }, true),
  Inert: header('A page of it could do nothing.', { type: 'string', pattern: "^default-src 'none'" }),
  NoReferrer: header('What was in the URL is told to nobody.', { type: 'string', const: 'no-referrer' }),
  CorrelationId: header('The id of the call in the logs.', { type: 'string', minLength: 1 }, true),
  NoSniff: header('No browser guesses the type.', { type: 'string', const: 'nosniff' }, true),
  OnlyTls: header('Over TLS alone (RFC 6797 §6.1).', { type: 'string', const: 'max-age=31536000' }, true),
  RetryAfter: header('After how many seconds to try again.', { type: 'integer', minimum: 1 }),
  Challenge: header('Present if the call had the header Authorization (RFC 6749 §5.2).', {
    type: 'string',
    enum: ['Basic realm="ciba", charset="UTF-8"', 'Device realm="ciba"'],
  }),
} as const;

type Reference = { readonly $ref: string };
const ref = (name: keyof typeof HEADERS): Reference => ({ $ref: `#/components/headers/${name}` });

/** Returns the headers of an answer. Those of API Gateway itself have none of the provider's, so none is promised. */
export function headersOf({
  status,
  isPublic,
  isByGateway,
  tellsMethods,
  isInert,
}: {
  readonly status: number;
  readonly isPublic?: true | undefined;
  readonly isByGateway?: boolean;
  readonly tellsMethods?: true | undefined;
  readonly isInert?: boolean;
}): Readonly<Record<string, object>> {
  const more = {
    ...([400, 403, 503].includes(status) && { 'Retry-After': ref('RetryAfter') }),
    ...(status === 401 && { 'WWW-Authenticate': ref('Challenge') }),
    ...(isInert && { 'Content-Security-Policy': ref('Inert'), 'Referrer-Policy': ref('NoReferrer') }),
    ...(tellsMethods && {
      Allow: ref('Methods'),
      'Access-Control-Allow-Origin': ref('AnyOrigin'),
      'Access-Control-Allow-Methods': ref('Methods'),
      'Access-Control-Allow-Headers': ref('AnyHeader'),
      'Access-Control-Max-Age': ref('AllowedFor'),
    }),
  };
  if (isByGateway) return more;
  const caching = isPublic
    ? { 'Cache-Control': ref('Cached'), 'Access-Control-Allow-Origin': ref('AnyOrigin') }
    : { 'Cache-Control': ref('NotStored'), Pragma: ref('NoCache') };
  return {
    ...caching,
    'X-Correlation-Id': ref('CorrelationId'),
    'X-Content-Type-Options': ref('NoSniff'),
    'Strict-Transport-Security': ref('OnlyTls'),
    ...more,
  };
}
