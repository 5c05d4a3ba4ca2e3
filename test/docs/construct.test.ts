import { execFile } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { codeBlocksIn, root } from '../support/code-blocks.ts';
import { CONSTRUCT_PAGE, publicTypes, withConstruct } from '../support/construct-page.ts';

const run = promisify(execFile);
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const types = publicTypes();
const members = types.flatMap(({ name, members: own }) =>
  own.map((member) => ({ ...member, path: `${name}.${member.name}`, text: member.doc.join(' ') })),
);

describe('docs/construct.md', () => {
  it('is as `npm run docs` writes it', () => {
    const page = read(CONSTRUCT_PAGE);
    expect(withConstruct(page) === page ? 'up to date' : 'it is not: run npm run docs').toBe('up to date');
  });

  it('has every property and every member of the construct, with its type', () => {
    const of = (name: string) => types.find((type) => type.name === name)?.members.map((member) => member.name);
    expect(of('CibaProviderProps')).toEqual(
      [...read('infra/props/provider-props.ts').matchAll(/^ {2}readonly (\w+\??):/gm)].map(([, name]) => name),
    );
    expect(of('CibaProvider')).toEqual(
      expect.arrayContaining(['issuer', 'api', 'stage', 'grantAdmin', 'metricLogins']),
    );
    expect(members.length).toBeGreaterThan(100);
  });
});

describe('what the construct shows', () => {
  it.each(members)('$path has a doc comment, and says its default if it may be left out', ({ name, text }) => {
    expect(text).not.toBe('');
    if (name.endsWith('?')) expect(text).toContain('Default: ');
  });

  it('is exported by its entry, whole', () => {
    const files = globSync('infra/props/*-props.ts', { cwd: root });
    const declared = files.flatMap((file) =>
      [...read(file).matchAll(/^export interface (\w+)/gm)].map(([, name]) => name),
    );
    expect(declared.length).toBeGreaterThan(20);
    expect(declared.filter((name) => !types.some((type) => type.name === name))).toEqual([]);
  });
});

describe('the example of docs/deploy.md', () => {
  it('has about twenty lines, and synthesises', async () => {
    const block = codeBlocksIn('docs/deploy.md', 'ts').find(({ text }) => text.includes('new CibaProvider('));
    const lines = block?.text.split('\n').filter((line) => line.trim() !== '') ?? [];
    expect(lines.length).toBeLessThanOrEqual(22);
    mkdirSync(join(root, 'dist'), { recursive: true });
    const folder = mkdtempSync(join(root, 'dist/example-'));
    const outdir = mkdtempSync(join(tmpdir(), 'ciba-example-'));
    try {
      writeFileSync(join(folder, 'app.ts'), lines.join('\n').replace('./infra/', '../../infra/'));
      await run(process.execPath, [join(folder, 'app.ts')], { env: { ...process.env, CDK_OUTDIR: outdir } });
      const template = JSON.parse(readFileSync(join(outdir, 'logins.template.json'), 'utf8'));
      expect(template.Outputs.CustomersIssuer.Value).toBe('https://login.example.com/');
      expect(JSON.stringify(template)).toContain('execute-api:Invoke');
    } finally {
      for (const made of [folder, outdir]) rmSync(made, { recursive: true });
    }
  });
});
