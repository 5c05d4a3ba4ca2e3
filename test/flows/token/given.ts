import type { Client } from '../../../provider/core/client/client.ts';
import { STANDARD_PROFILE } from '../../../provider/core/client/profile.ts';
import type { AuthenticationRequest } from '../../../provider/core/deciding/authentication-request.ts';
import { sha256 } from '../../../provider/core/digest.ts';
import type { AuditEvent } from '../../../provider/core/operating/audit-event.ts';
import type { TokenClaims } from '../../../provider/core/token/access-token.ts';
import type { RequestTokensPorts } from '../../../provider/flows/token/request-tokens.ts';
import { CLIENT, NOW } from '../../core/given.ts';
import { SETTINGS } from '../given.ts';

// What the tests of the token endpoint start from.

/** A token endpoint with a client, and one request or none. */
export function portsWith(stored?: AuthenticationRequest, different: Partial<Client> = {}) {
  const credential = { method: 'client_secret_post', secretHash: sha256('s3cret') } as const;
  const audited: AuditEvent[] = [];
  const signed: TokenClaims[] = [];
  const ports: RequestTokensPorts = {
    clients: {
      find: async () => ({ ...CLIENT, credential, ...different }),
    },
    replays: { recordFirstUse: async () => true },
    verifier: { decode: () => undefined, verifies: async () => false, thumbprint: async () => '' },
    requests: {
      recordPoll: async () => ({ recorded: false, stored }),
      recordEarlyPoll: async () => ({ recorded: false, stored }),
      claimApproved: async () => true,
    },
    signer: {
      sign: async (claims) => {
        signed.push(claims);
        return `signed-${signed.length}`;
      },
    },
    entropy: { id: () => 'id-1', secret: () => 'secret-1', fraction: () => 0 },
    audit: { write: (event) => audited.push(event) },
    clock: () => NOW,
    settings: SETTINGS,
    profile: STANDARD_PROFILE,
  };
  return { ports, audited, signed };
}

/** A call of the token endpoint by that client. */
export function tokenCall(form: Record<string, string>) {
  const all = { client_id: 'bank', client_secret: 's3cret', ...form };
  return {
    form: new Map(Object.entries(all).map(([name, value]) => [name, [value]])),
    headers: {},
    url: 'https://op.example/token',
    certificate: undefined,
    note: () => undefined,
  };
}
