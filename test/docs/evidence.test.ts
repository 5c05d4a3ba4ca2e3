import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checkEvidenceFile } from '../../cli/audit-trail/evidence-file.ts';
import { decodeApproval, isProven } from '../../provider/core/deciding/evidence-check.ts';
import { codeBlocksIn, root } from '../support/code-blocks.ts';
import { verifyEvidence } from '../support/plain-verifier.ts';

// The worked example of docs/evidence.md. It was made by a login on the local runtime.

const example = readFileSync(join(root, 'docs/evidence-example.json'));

it('the example is evidence, for the verifier that shares no code with the project and for the command', () => {
  expect(() => verifyEvidence(example)).not.toThrow();
  const checked = checkEvidenceFile(example, { issuers: ['http://localhost:3000/'] });
  expect(isProven(checked)).toBe(true);
  const [approval] = checked.evidence?.approvals ?? [];
  expect(approval && decodeApproval(approval)?.shown['binding_message']).toBe('Transfer 120.00 EUR to Nora');
});

it('the page shows the file as it is', () => {
  const [block] = codeBlocksIn('docs/evidence.md', 'json');
  expect(`${block?.text.trimEnd()}\n`).toBe(example.toString());
});

it('the independent verifier has about 45 lines, and imports nothing but node:crypto', () => {
  const source = readFileSync(join(root, 'test/support/plain-verifier.ts'), 'utf8');
  expect(source.split('\n').length).toBeLessThanOrEqual(45);
  expect([...source.matchAll(/from '([^']+)'/g)].map(([, target]) => target)).toEqual(['node:crypto']);
});
