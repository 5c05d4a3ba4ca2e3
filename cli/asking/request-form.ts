import type { ServerMetadata } from 'openid-client';
import type { SigningKey } from './credential.ts';
import type { Hint } from './hint.ts';

/** What an authentication request is made of. */
export type RequestParts = {
  readonly clientId: string;
  readonly hint: Hint;
  /** The other parameters of the request (CIBA §7.1). */
  readonly parameters: Readonly<Record<string, string>>;
  /** The key with which the parameters are signed (CIBA §7.1.1). Without it they are a form. */
  readonly signingKey?: SigningKey | undefined;
};

/** Makes the form of the request, which authenticates nobody yet. A signed one has `request` alone (CIBA §7.1.1). */
export async function requestForm(
  { clientId, hint, parameters, signingKey }: RequestParts,
  provider: ServerMetadata,
): Promise<Readonly<Record<string, string>>> {
  const form = { ...parameters, [hint.parameter]: hint.value };
  if (!signingKey) return form;
  const { issueRequestObject } = await import('oauth4webapi');
  const { key, kid } = signingKey;
  const signing = kid === undefined ? key : { key, kid };
  return { request: await issueRequestObject(provider, { client_id: clientId }, form, signing) };
}
