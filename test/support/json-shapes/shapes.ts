import { block, device, evidence, foundUser, kept, listedUser, openTicket, outcome, ticket } from './named-shapes.ts';
import type { Shape } from './shape.ts';

/** What a command prints with `--json`: one document, one object a line, or nothing. */
export type Printed =
  | { readonly json: Shape; readonly with?: { readonly option: string; readonly json: Shape } }
  | { readonly lines: Shape }
  | { readonly nothing: string };

const DONE: Printed = { nothing: 'The API answers nothing. The exit code says that it is done.' };
/** What each command prints, by its words. */
export const PRINTED: Readonly<Record<string, Printed>> = {
  'client create': { json: 'a client' },
  'client list': { json: { clients: ['a client'], 'next?': 'text' } },
  'client show': { json: 'a client' },
  'client update': { json: 'a client' },
  'client delete': DONE,
  'client test': { json: { client_id: 'text', healthy: 'true or false', checks: ['a finding'] } },
  'client rotate-secret': { json: 'a client' },
  'client end-old-secret': { json: 'a client' },
  'client new-secret': { json: 'a client' },
  'user create': { json: 'a user' },
  'user list': { json: { users: [listedUser], 'next?': 'text' } },
  'user find': { json: { users: [foundUser] } },
  'user import': {
    json: {
      lines: 'number',
      created: 'number',
      updated: 'number',
      unchanged: 'number',
      skipped: 'number',
      rejected: [{ line: 'number', reason: 'text' }],
      dry_run: 'true or false',
      complete: 'true or false',
    },
  },
  'user invite': {
    json: { user: 'a user', created: 'true or false', uri: 'text', ticket_id: 'text', expires_at: 'epoch seconds' },
  },
  'user show': { json: 'a user' },
  'user update': { json: 'a user' },
  'user block': { json: 'a user' },
  'user unblock': { json: 'a user' },
  'user blocks': { json: { blocks: [block] } },
  'user unblock-client': DONE,
  'user delete': DONE,
  'user export': { json: kept },
  'user erase': DONE,
  'device list': { json: { devices: [device] } },
  'device remove': DONE,
  'ticket create': { json: ticket },
  'ticket list': { json: { tickets: [openTicket] } },
  'ticket end': DONE,
  'phone watch': { lines: 'a question' },
  'phone enrol': { json: { device_id: 'text', sub: 'text', issuer: 'text' } },
  'phone list': { json: { requests: [{ request_id: 'text', expires_at: 'epoch seconds' }] } },
  'phone show': { json: 'a question' },
  'phone approve': { json: 'an answer' },
  'phone deny': { json: 'an answer' },
  'keys list': { json: { keys: ['anything'] } },
  'keys rotate': { json: 'a rotation' },
  'keys revoke': { json: 'a rotation' },
  'push-credentials refresh': {
    json: {
      'APNS?': { ok: 'true or false', 'arn?': 'text', 'why?': 'text' },
      'APNS_SANDBOX?': { ok: 'true or false', 'arn?': 'text', 'why?': 'text' },
      'GCM?': { ok: 'true or false', 'arn?': 'text', 'why?': 'text' },
    },
  },
  'log-level get': { json: 'a log level' },
  'log-level set': { json: 'a log level' },
  'evidence export': { json: evidence, with: { option: '--out', json: 'a verification' } },
  'evidence verify': { json: 'a verification' },
  'context add': { json: 'a context' },
  'context use': { json: 'a context' },
  'context list': { json: { current: 'text', contexts: ['a context'] } },
  'context remove': DONE,
  'context show': {
    json: {
      'context?': 'text',
      url: 'text',
      'stack?': 'text',
      'region?': 'text',
      'profile?': 'text',
      named_by: 'text',
      file: 'text',
    },
  },
  up: { lines: 'anything' },
  ask: { json: outcome },
  listen: {
    lines: {
      at: 'text',
      kind: 'text',
      'request_id?': 'text',
      'forwarded?': { to: 'text', 'status?': 'number', 'failed?': 'text' },
    },
  },
  audit: { lines: { at: 'epoch seconds', event: 'text', 'outcome?': 'text', 'txn?': 'text', records: ['anything'] } },
  trigger: {
    json: {
      'scenarios?': ['anything'],
      'scenario?': 'text',
      'outcome?': 'text',
      'issuer?': 'text',
      'exchanges?': ['anything'],
      'expected?': 'anything',
      'saw?': 'anything',
      'difference?': 'text',
      'next?': 'text',
      'standard?': 'text',
      'page?': 'text',
    },
  },
  tail: { lines: 'anything' },
  trace: {
    json: {
      txn: 'text',
      'client_id?': 'text',
      'sub?': 'text',
      outcome: 'text',
      durations: 'anything',
      steps: [
        {
          step: 'text',
          at: 'text',
          'until?': 'text',
          function: 'text',
          count: 'number',
          says: 'text',
          'reason?': 'text',
          'device_id?': 'text',
          'duration_ms?': 'number',
          'correlation_ids?': ['text'],
        },
      ],
      missing: ['text'],
    },
  },
  doctor: { json: 'an examination' },
  status: { json: 'an examination' },
  completion: { json: { shell: 'text', script: 'text' } },
  version: { json: { version: 'text' } },
};
