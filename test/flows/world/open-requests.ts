import type { AuthenticationRequest } from '../../../provider/core/deciding/authentication-request.ts';
import type { MetRequests, OpenRequest, OpenRequests } from '../../../provider/flows/asking/ports.ts';
import type { Journal } from './journal.ts';

/** Open requests, by person and client. `stored` are the requests themselves. */
export function openRequestsIn(journal: Journal, stored: ReadonlyMap<string, AuthenticationRequest>) {
  const opened = new Map<string, OpenRequest & { readonly openedAt: number }>();
  const openRequests: OpenRequests = journal.port({
    open: async (request, now, ended) => {
      const { sub, clientId } = request;
      journal.begin(`open request of ${clientId} for ${sub}`);
      const met = opened.get(`${sub} ${clientId}`);
      if (met && met.expiresAt > now && met.requestId !== ended)
        return { requestId: met.requestId, openedAt: met.openedAt, toldUntil: met.toldUntil ?? met.expiresAt };
      opened.set(`${sub} ${clientId}`, { ...request, openedAt: now });
      return undefined;
    },
    close: async ({ requestId, sub, clientId }) => {
      journal.begin(`close request of ${clientId} for ${sub}`);
      if (opened.get(`${sub} ${clientId}`)?.requestId === requestId) opened.delete(`${sub} ${clientId}`);
    },
  });
  const metRequests: MetRequests = journal.port({
    find: async (requestId) => {
      journal.begin('find the request that was met');
      return stored.get(requestId);
    },
  });
  return { opened, openRequests, metRequests };
}
