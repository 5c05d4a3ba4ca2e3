import type { UserExport } from '../../provider/flows/person/export-user.ts';
import { BUCKET_OPTIONS, BUCKET_PERMISSIONS, findBucket } from '../audit-trail/audit-bucket.ts';
import { evidenceKeysFrom, unsealWith } from '../audit-trail/sealed-evidence.ts';
import type { TrailBucket } from '../audit-trail/trail-objects.ts';
import { readTrailOfUser, type TrailOfUser } from '../audit-trail/trail-of-user.ts';
import { command, type RowsEnd } from '../command-line/command.ts';
import { isAnybodyThere } from '../command-line/confirmation.ts';
import { Refused } from '../command-line/failure.ts';
import { writeNewFile } from '../command-line/new-file.ts';
import { fieldList, plainLine } from '../command-line/text-layout.ts';
import type { AdminApi } from '../deployment/admin-api.ts';
import { readRange } from './audit-command.ts';

/** Only the sub names a user here: after a removal nothing else leads to what is left. */
const SUB_ARGUMENT = { name: 'sub', about: 'The sub of the user; see ciba user show.', completes: 'users' } as const;
/** As long as a deployment keeps the audit trail, unless its settings say otherwise. */
const WHOLE_TRAIL = '400d';
type TrailCall = {
  readonly api: AdminApi;
  readonly now: number;
  readonly since: string | undefined;
  readonly progress: (text: string) => void;
};

export const exportRecords = command({
  name: 'export',
  about: 'Exports everything that the tables hold of a user, as JSON.',
  notes: `It has the profile, login identifiers, devices, requests of the last hour or so, and counts, but no secrets. With --trail it also has audit_trail: the records of the audit trail about everybody who had this sub, with what was shown and signed. They name the operators who changed the user. The audit trail notes that you exported the user, and that you read the key to the evidence. For --trail your AWS identity needs ${BUCKET_PERMISSIONS}.`,
  arguments: [SUB_ARGUMENT],
  options: {
    out: { kind: 'text', value: 'FILE', about: 'Write a new file. Default: print the document.' },
    trail: { kind: 'flag', about: 'Add the records of the audit trail.' },
    since: {
      kind: 'text',
      value: 'WHEN',
      about: `With --trail: from when, as for ciba audit. Default: ${WHOLE_TRAIL}, which is what a deployment keeps by default.`,
    },
    ...BUCKET_OPTIONS,
  },
  examples: [
    'ciba user export crm-4711',
    'ciba user export crm-4711 --trail --url https://login.example.com --stack ciba-production --out crm-4711.json',
  ],
  async run({ argument, options, ...call }) {
    const now = Math.floor(Date.now() / 1000);
    const bucket = options.trail ? await findBucket(call.deployment, options) : undefined;
    const { json, body } = await call.api.call('GET /admin/users/{sub}/export', { parameters: argument });
    const trail = bucket && (await readTrail(bucket, argument.sub, { ...call, since: options.since, now }));
    const document = trail ? { ...body, audit_trail: trail.records } : body;
    const end = trail && trailEnd(trail, bucket);
    const text = JSON.stringify(document, null, 2);
    const answer = { json: trail ? JSON.stringify(document) : json, ...end };
    if (options.out === undefined) return { ...answer, text };
    writeNewFile(options.out, `${text}\n`);
    return { ...answer, text: `Wrote ${plainLine(options.out)}` };
  },
});

function readTrail(
  bucket: TrailBucket,
  sub: string,
  { api, since = WHOLE_TRAIL, ...call }: TrailCall,
): Promise<TrailOfUser> {
  const range = readRange({ since }, call.now);
  return readTrailOfUser(bucket, sub, { ...call, ...range, open: unsealWith(evidenceKeysFrom(api)) });
}

function trailEnd({ unreadable }: TrailOfUser, { lateSeconds: late }: TrailBucket): RowsEnd {
  const notes = [
    ...(unreadable > 0 ? [`${unreadable} lines in the bucket are no audit records.`] : []),
    ...(late > 0 ? [`Records of the last ${late / 60} minutes may still arrive.`] : []),
  ];
  return { notes, failed: unreadable > 0 };
}

export const eraseRecords = command({
  name: 'erase',
  about: 'Erases everything that the tables hold of a user, and the key to the evidence of their decisions.',
  notes:
    'Nobody can undo this. Without --confirm or --yes the command shows what it would erase, and asks in a terminal; elsewhere it erases nothing. The evidence of the decisions stays in the audit trail, but nobody can read it any more, so no dispute about them can be settled. If the command breaks off, run it again until it says that there is no such user. Backups keep what was erased for their days.',
  arguments: [SUB_ARGUMENT],
  options: {
    confirm: { kind: 'text', value: 'SUB', about: 'The same sub once more, to confirm.' },
    yes: { kind: 'flag', about: 'Erase it without asking.' },
  },
  examples: ['ciba user erase crm-4711', 'ciba user erase crm-4711 --confirm crm-4711'],
  async run({ api, argument, options, confirm }) {
    if (options.confirm === undefined && !options.yes) {
      const { body } = await api.call('GET /admin/users/{sub}/export', { parameters: argument });
      const text = `This would be erased:\n\n${summary(body)}`;
      const again = `Nothing was erased. To erase it, add --confirm ${plainLine(argument.sub)} or --yes`;
      if (!isAnybodyThere()) return { json: '', text: `${text}\n\n${again}`, failed: true };
      await confirm(() => `${text}\n\nErase it?`);
    } else if (options.confirm !== undefined && options.confirm !== argument.sub)
      throw new Refused('The sub after --confirm is another one. Nothing was erased.', 'Give the same sub twice.');
    const { json } = await api.call('POST /admin/users/{sub}/erase', { parameters: argument });
    const left = await api.find('GET /admin/users/{sub}/export', { parameters: argument });
    const rest =
      left && `\n\nThis is left, of earlier users with this sub or of calls in progress:\n\n${summary(left.body)}`;
    return { json, text: `User ${plainLine(argument.sub)} erased.${rest ?? ''}` };
  },
});

function summary({ sub, profile, devices, requests, rate_windows, blocks, evidence_keys }: UserExport): string {
  return fieldList({
    sub,
    profile: profile ? profile.status : 'none: the user was deleted',
    name: profile?.claims.name,
    login_identifiers: profile?.identifiers.map(({ type, value }) => `${type} ${value}`),
    devices: devices.map(({ device_id, name }) => `${device_id} ${name}`),
    requests: String(requests.length),
    rate_windows: String(rate_windows.length),
    blocks: String(blocks.length),
    evidence_keys: String(evidence_keys.length),
  });
}
