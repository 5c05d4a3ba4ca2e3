import { type Wordings, wording } from '../refusal-wording.ts';

/** The way in which the authorization endpoint refuses: every call, because the provider has no such flow. */
export type DiscoveryRefusal = { reason: 'only_backchannel' };

/** What the caller receives. It never repeats what was sent. */
export const discoveryWording: Wordings<DiscoveryRefusal> = {
  only_backchannel: () => wording(400, 'unsupported_response_type', 'There is no login page: clients ask by CIBA.'),
};
