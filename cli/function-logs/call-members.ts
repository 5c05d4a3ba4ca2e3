import * as v from 'valibot';
import type { LogEntry } from './log-entry.ts';

const text = v.optional(v.string());
const number = v.optional(v.number());
const callMembers = v.object({
  message: text,
  route: text,
  status: number,
  client_id: text,
  sub: text,
  txn: text,
  device_id: text,
  by: text,
  error: text,
  reason: text,
  detail: text,
  decision: text,
  reported: v.optional(v.boolean()),
  concealed: text,
  devices: number,
  accepted: number,
  push_ids: text,
  push_errors: text,
  approval_seconds: number,
  notification_status: number,
  pushed: text,
  age_seconds: number,
  duration_ms: number,
  events: number,
  correlation_id: text,
  fault: text,
  cold_start: v.optional(v.boolean()),
  aws_service: text,
  action: text,
  outcome: text,
});

/** The members of a line about a call or a fault that the command reads. */
export type CallMembers = Readonly<v.InferOutput<typeof callMembers>>;

/** Reads the members of a line. A member of another type, as a later version may write, is left out. */
export function callMembersOf({ members = {} }: Pick<LogEntry, 'members'>): CallMembers {
  const parsed = v.safeParse(callMembers, members);
  if (parsed.success) return parsed.output;
  const wrong = new Set(parsed.issues.map((issue) => issue.path?.[0]?.key));
  const kept = Object.fromEntries(Object.entries(members).filter(([name]) => !wrong.has(name)));
  return v.parse(callMembers, kept);
}
