import { type Wordings, wording } from '../refusal-wording.ts';

/** The way in which the authorization endpoint refuses: every call, because the provider has no such flow. */
export type DiscoveryRefusal = { reason: 'only_backchannel' };

/** A page of the answer could do nothing, and what was in the URL is told to nobody. */
const INERT = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
};

/** What the caller receives. It never repeats what was sent, and never redirects. */
export const discoveryWording: Wordings<DiscoveryRefusal> = {
  only_backchannel: () =>
    wording(
      400,
      'unsupported_response_type',
      'This provider has no login page: clients ask at backchannel_authentication_endpoint (CIBA), and the user answers on a phone. Nobody is redirected.',
      { headers: INERT },
    ),
};
