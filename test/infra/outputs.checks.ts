import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { functionOf } from '../../cli/function-logs/log-groups.ts';
import { functionNames } from '../../infra/functions/deployed-functions.ts';
import { type Synthesized, synthesized } from './support/synthesized.ts';

const production = synthesized('production');
const minimal = synthesized('minimal');
const shielded = synthesized('shielded');
const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const outputsOf = ({ main }: Synthesized) => main.Outputs ?? {};
const pascal = (name: string) => name.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** Outputs that a page names: taken by its shell function, or in the words "output `Name`". */
function namedIn(page: string): string[] {
  const found = [...read(page).matchAll(/\$\(output (\w+)\)|\boutputs? `([A-Za-z]+)`/g)];
  return [...new Set(found.map(([, taken, told]) => taken ?? told ?? ''))];
}

describe('outputs', () => {
  it.each([...functionNames, 'endpoint-events'])('name the function %s, as commands take it', (name) => {
    const output = outputsOf(minimal)[`Function${pascal(name)}`];
    expect(output?.Value).toEqual({ Ref: minimal.idOf(minimal.function(name)) });
  });

  it.each([...functionNames, 'endpoint-events', 'before-traffic'])(
    'are not needed for the log group of %s: its logical id says whose it is',
    (name) => {
      const { Ref: logicalId } = minimal.function(name).Properties.LoggingConfig.LogGroup;
      expect(functionOf(logicalId)).toBe(name);
    },
  );

  it('tell the queues, and what feeds client-notification', () => {
    const { NotificationQueue, NotificationMapping, DeadLetterQueue, KeyUseQueue, AuditWatchQueue } =
      outputsOf(minimal);
    const mapping = minimal.single('AWS::Lambda::EventSourceMapping');
    const queues = minimal.all('AWS::SQS::Queue').map((queue) => ({ Ref: minimal.idOf(queue) }));
    expect(NotificationMapping?.Value).toEqual({ Ref: minimal.idOf(mapping) });
    const told = [NotificationQueue, DeadLetterQueue, KeyUseQueue, AuditWatchQueue].map((output) => output?.Value);
    expect(told).toEqual(expect.arrayContaining(queues));
  });

  // Commands of before looked for outputs whose names begin so.
  it.each(['SigningKeysFunction', 'SyntheticLoginFunction', 'PlatformApplicationFunction'])(
    'have no other that begins like %s',
    (name) => {
      const alike = Object.keys(outputsOf(production)).filter((output) => output.startsWith(name));
      expect(alike).toEqual([name]);
    },
  );

  it.each(['docs/operations.md', 'docs/deploy.md'])('are there, where %s names them', (page) => {
    const named = namedIn(page);
    expect(named.length).toBeGreaterThan(0);
    const known = { ...outputsOf(production), ...outputsOf(shielded), ...shielded.shield.Outputs };
    expect(named.filter((name) => !(name in known))).toEqual([]);
  });

  it('stand in docs/operations.md all, but for what CDK names itself', () => {
    const named = namedIn('docs/operations.md');
    const text = read('docs/operations.md');
    const missing = Object.keys({ ...outputsOf(shielded), ...shielded.shield.Outputs }).filter(
      (name) => !named.includes(name) && !text.includes(`\`${name}\``) && !/Target[0-9A-F]{8}$/.test(name),
    );
    expect(missing).toEqual([]);
  });
});
