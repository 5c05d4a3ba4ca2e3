import type { OpenRequests } from '../../../provider/flows/asking/ports.ts';
import type { Journal } from './journal.ts';

/** Open requests, by person and client: until when they are open. */
export function openRequestsIn(journal: Journal) {
  const opened = new Map<string, number>();
  const told = new Map<string, number>();
  const openRequests: OpenRequests = journal.port({
    open: async ({ sub, clientId, expiresAt, toldUntil = expiresAt }, now) => {
      journal.begin(`open request of ${clientId} for ${sub}`);
      const until = opened.get(`${sub} ${clientId}`) ?? 0;
      if (until > now) return (told.get(`${sub} ${clientId}`) ?? until) - now;
      told.set(`${sub} ${clientId}`, toldUntil);
      opened.set(`${sub} ${clientId}`, expiresAt);
      return 0;
    },
    close: async ({ sub, clientId, expiresAt }) => {
      journal.begin(`close request of ${clientId} for ${sub}`);
      if (opened.get(`${sub} ${clientId}`) === expiresAt) opened.delete(`${sub} ${clientId}`);
    },
  });
  return { opened, openRequests };
}
