import { parseJsonObject } from '../command-line/json-object.ts';
import type { AwsSettings } from './aws-settings.ts';
import { signedHeaders } from './request-signature.ts';

const TIMEOUT_MILLISECONDS = 20_000;

/** An operation of an AWS service that speaks JSON 1.1 over POST. */
export type AwsOperation = {
  /** The name of the service in its host name and in signatures. */
  readonly service: string;
  /** The header `X-Amz-Target`. */
  readonly target: string;
  readonly region: string;
};

/**
 * Calls AWS without an SDK client, for a service of which the command needs very few operations. Returns the answer as
 * JSON. Throws an error with the name and the message that AWS gave.
 */
export async function callAwsJson(
  { credentials }: Pick<AwsSettings, 'credentials'>,
  { service, target, region }: AwsOperation,
  input: object,
): Promise<unknown> {
  const url = endpointOf(service, region);
  const body = JSON.stringify(input);
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target };
  const request = { method: 'POST', url, headers, body };
  const answer = await fetch(url, {
    method: 'POST',
    headers: await signedHeaders(request, { service, region, credentials }),
    body,
    signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
  });
  return jsonFrom(service, answer);
}

/** Reads from AWS by GET, for a service that speaks REST with JSON. Otherwise as `callAwsJson`. */
export async function getAwsJson(
  { credentials, region }: Pick<AwsSettings, 'credentials' | 'region'>,
  { service, path }: { readonly service: string; readonly path: string },
  query: Readonly<Record<string, string>>,
): Promise<unknown> {
  const url = new URL(path, endpointOf(service, region));
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const headers = await signedHeaders(
    { method: 'GET', url, headers: {}, body: undefined },
    { service, region, credentials },
  );
  return jsonFrom(service, await fetch(url, { headers, signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS) }));
}

async function jsonFrom(service: string, answer: Response): Promise<unknown> {
  const json = parseJsonObject(await answer.text()) ?? {};
  if (answer.ok) return json;
  const error = new Error(String(json['message'] ?? json['Message'] ?? `${service} answers ${answer.status}`));
  const type = json['__type'] ?? answer.headers.get('x-amzn-errortype')?.split(':')[0] ?? '';
  error.name = String(type).replace(/^.*#/, '') || 'Error';
  throw error;
}

/** Returns the address of a service: the one in the environment, as the SDK reads it, or that of the region. */
function endpointOf(service: string, region: string): URL {
  const configured = process.env[`AWS_ENDPOINT_URL_${service.toUpperCase()}`] ?? process.env['AWS_ENDPOINT_URL'];
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return new URL(configured ?? `https://${service}.${region}.${suffix}/`);
}
