import type { Asked } from '../../../provider/core/asking/asked.ts';
import type { AttemptKind } from '../../../provider/core/asking/delivery-attempt.ts';
import { decideReminder } from '../../../provider/core/asking/reminder.ts';
import { judgeResend, type ResendableRequest, type ResendLimits } from '../../../provider/core/asking/resend.ts';
import type { AuthenticationRequest, RequestFacts } from '../../../provider/core/deciding/authentication-request.ts';
import { isSamePerson } from '../../../provider/core/person/user.ts';
import type { AttemptRecorded, RungRequests } from '../../../provider/flows/asking/ports.ts';
import type { Journal } from './journal.ts';

/** Returns the request, if its phones may be rung again. */
function allowedTo(
  kind: AttemptKind,
  request: AuthenticationRequest,
  now: number,
  limits?: ResendLimits,
): ResendableRequest | undefined {
  if (kind === 'reminder') {
    const decision = decideReminder(request, now);
    return decision.outcome === 'ring' ? decision.request : undefined;
  }
  const judged = judgeResend(request, request, now, { limits });
  return judged.ok ? judged.value : undefined;
}

/** Requests whose phones are rung again. `asked` has what was asked, by request. */
export function rungRequestsIn(
  journal: Journal,
  stored: Map<string, AuthenticationRequest>,
  asked = new Map<string, Asked>(),
) {
  const record = (
    kind: AttemptKind,
    { requestId }: RequestFacts,
    now: number,
    limits?: ResendLimits,
  ): AttemptRecorded => {
    const request = stored.get(requestId);
    const allowed = request && allowedTo(kind, request, now, limits);
    if (!allowed) return { recorded: false, stored: request };
    const attempts = [...(request.attempts ?? []), { kind, at: now }];
    const recorded = { ...allowed, attempts };
    stored.set(requestId, recorded);
    return { recorded: true, request: recorded, place: attempts.length - 1 };
  };
  const change = (requestId: string, to: (request: AuthenticationRequest) => RequestFacts['attempts']) => {
    const request = stored.get(requestId);
    if (request) stored.set(requestId, { ...request, attempts: to(request) });
  };
  const rungRequests: RungRequests = journal.port({
    find: async (requestId) => {
      journal.begin('find request');
      return stored.get(requestId);
    },
    findAsked: async (owner, requestId) => {
      journal.begin(`find what ${owner.sub} was asked`);
      const request = stored.get(requestId);
      return request && isSamePerson(request, owner) ? asked.get(requestId) : undefined;
    },
    recordResend: async ({ request, now, limits }) => {
      journal.begin('record resend');
      return record('resend', request, now, limits);
    },
    recordReminder: async ({ request, now }) => {
      journal.begin('record reminder');
      return record('reminder', request, now);
    },
    recordResult: async ({ requestId, place, result }) => {
      journal.begin('record result');
      change(requestId, ({ attempts }) => attempts?.map((one, at) => (at === place ? { ...one, ...result } : one)));
    },
    takeBackResend: async ({ requestId, place }) => {
      journal.begin('take resend back');
      change(requestId, ({ attempts }) => attempts?.filter((_, at) => at !== place));
    },
  });
  return { rungRequests, asked };
}
