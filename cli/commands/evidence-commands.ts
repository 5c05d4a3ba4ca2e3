import { writeEvidence } from '../../provider/core/deciding/evidence.ts';
import { BUCKET_OPTIONS, BUCKET_PERMISSIONS, findBucket, LATE_SECONDS } from '../audit-trail/audit-bucket.ts';
import { findDecision } from '../audit-trail/decision-evidence.ts';
import { checkEvidenceFile, describeChecked } from '../audit-trail/evidence-file.ts';
import { evidenceKeysFrom, unsealWith } from '../audit-trail/sealed-evidence.ts';
import { command, type Noun } from '../command-line/command.ts';
import { Refused, WrongUsage } from '../command-line/failure.ts';
import { writeNewFile } from '../command-line/new-file.ts';
import { readBytes } from '../command-line/option-reading.ts';
import { readRange, SINCE_OPTION } from './audit-command.ts';

const exportOne = command({
  name: 'export',
  about: 'Exports the evidence of one decision as a file that can be checked offline.',
  notes: `ciba evidence TXN is short for this command. The file has the signed answer, the bytes that were shown, the key of the device, and the recorded outcome. It is checked as soon as it is made. It holds personal data. Records arrive up to ${LATE_SECONDS / 60} minutes late. Your AWS identity needs ${BUCKET_PERMISSIONS}, and the route GET /admin/users/{sub}/evidence-keys of the admin API, because evidence is sealed with a key of the person. The audit trail notes that you read the key.`,
  arguments: [{ name: 'txn', about: 'The short name of the request: 16 hexadecimal characters, txn in log lines.' }],
  options: {
    out: { kind: 'text', value: 'FILE', about: 'Write a new file. Default: print the document.' },
    ...SINCE_OPTION,
    ...BUCKET_OPTIONS,
  },
  examples: [
    'ciba evidence export 0123456789abcdef --url https://login.example.com --stack ciba-production --out evidence.json',
    'ciba evidence export 0123456789abcdef',
  ],
  async run({ api, deployment, argument: { txn }, options, progress }) {
    if (!/^[0-9a-f]{16}$/.test(txn))
      throw new WrongUsage(`"${txn}" is no TXN: it has 16 characters, 0 to 9 and a to f`);
    const now = Math.floor(Date.now() / 1000);
    const range = readRange(options, now);
    const bucket = await findBucket(deployment, options);
    const open = unsealWith(evidenceKeysFrom(api));
    const evidence = await findDecision(bucket, txn, { ...range, now, progress, open });
    if (!evidence)
      throw new Refused(`There is no decision ${txn} in this range.`, 'Give an earlier --since.', 'not_found');
    const document = writeEvidence(evidence);
    const checked = describeChecked(checkEvidenceFile(Buffer.from(document)));
    if (options.out !== undefined) writeNewFile(options.out, document);
    // The newline at its end is part of the document, and is printed with every answer.
    const text = document.trimEnd();
    const notes = checked.failed
      ? ['The evidence does not verify: somebody changed it, or the key of the device.', checked.text]
      : [];
    if (options.out === undefined) return { json: text, text, notes, failed: checked.failed === true };
    return { ...checked, text: `Wrote ${options.out}\n\n${checked.text}` };
  },
});

const verify = command({
  name: 'verify',
  needs: 'nothing',
  about: 'Checks a file of evidence offline, and says each check.',
  notes:
    'The command needs nothing but the file: no network, no AWS identity, no deployment. The exit code is 0 if every check holds, 1 otherwise. The signature covers the decision and the bytes that were shown. It covers neither times nor the outcome, and not whose key it is; docs/evidence.md says what proves those.',
  arguments: [{ name: 'file', about: 'The file; - reads standard input.' }],
  options: {
    issuer: {
      kind: 'list',
      value: 'URL',
      about: 'Issuer of your provider, and those that it had before. Default: the one that was shown.',
    },
    key: {
      kind: 'text',
      value: 'THUMBPRINT',
      about:
        'RFC 7638 thumbprint of the key of the device, if you know it from elsewhere. Without it the file itself says whose key it is.',
    },
  },
  examples: [
    'ciba evidence verify evidence.json',
    'ciba evidence verify evidence.json --issuer https://login.example.com/ --json',
  ],
  async run({ argument: { file }, options: { issuer: issuers, key: thumbprint } }) {
    return describeChecked(checkEvidenceFile(readBytes(file), { issuers, thumbprint }));
  },
});

/** `ciba evidence …` */
export const evidenceNoun: Noun = {
  name: 'evidence',
  about: 'Evidence of decisions, from the audit trail.',
  commands: [exportOne, verify],
  unnamed: exportOne,
};
