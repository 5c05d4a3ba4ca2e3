import { globSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  below,
  cyclesOf,
  functionsOf,
  type Import,
  importsOf,
  lineCount,
  linesWith,
  longParameterLists,
  type Source,
  sources,
  unaskedIn,
  undocumentedIn,
  unusedIn,
} from './support/sources.ts';

// The arrows of the house (docs/architecture.md): which layer may import which, and what no layer may do. A rule that
// fails says where the thing belongs.

const FILE_LIMIT = 250;
const FUNCTION_LIMIT = 40;
const SHIPPED = ['lambdas', 'provider', 'infra', 'local', 'cli'];
/** One room a capability, with the same name in every layer. */
const ROOMS = [
  'asking',
  'client',
  'deciding',
  'device',
  'discovery',
  'keys',
  'notifying',
  'operating',
  'person',
  'token',
];
/** Flows that others share by name. */
const SHARED_FLOWS = [
  'provider/flows/asking/close-opened.ts',
  'provider/flows/asking/own-request.ts',
  'provider/flows/asking/whom-to-ring.ts',
  'provider/flows/client/authenticate-client.ts',
  'provider/flows/client/client-signature.ts',
  'provider/flows/deciding/client-denials.ts',
  'provider/flows/deciding/count-wrong-number.ts',
  'provider/flows/device/authenticate-device.ts',
  'provider/flows/device/mark-unreachable.ts',
  'provider/flows/keys/signed-here.ts',
  'provider/flows/operating/audited-change.ts',
  'provider/flows/operating/log-in-patiently.ts',
  'provider/flows/operating/log-in-synthetically.ts',
  'provider/flows/person/store-user-code.ts',
  'provider/flows/person/user-with-devices.ts',
  'provider/flows/token/end-taken-back.ts',
  'provider/flows/token/issue-tokens.ts',
];
/** Folders that hold the parts of one flow, and the files outside that may import more of them than types. */
const PARTS = [
  {
    folder: 'provider/flows/client/authentication',
    owners: ['provider/flows/client/authenticate-client.ts'],
  },
  { folder: 'provider/flows/asking/request', owners: ['provider/flows/asking/request-authentication.ts'] },
  { folder: 'provider/flows/deciding/answer', owners: ['provider/flows/deciding/answer-request.ts'] },
  { folder: 'provider/flows/asking/resend', owners: ['provider/flows/asking/resend-request.ts'] },
  { folder: 'provider/flows/device/enrolment', owners: ['provider/flows/device/enrol-device.ts'] },
  { folder: 'provider/flows/notifying/push', owners: ['provider/flows/notifying/notify-client.ts'] },
  { folder: 'provider/flows/token/grants', owners: ['provider/flows/token/request-tokens.ts'] },
];
/** The public entry of the construct, which is all that a CDK app imports. No other file may be a barrel. */
const PUBLIC_ENTRY = 'infra/index.ts';
const APP = 'infra/app.ts';
/** What infra/app.ts imports besides: its own files, which read settings and check the policies of this app. */
const FILES_OF_THE_APP = [
  'infra/policy-checks.ts',
  'infra/settings/props-of-settings.ts',
  'infra/settings/settings-context.ts',
  'infra/settings/settings-file.ts',
  'infra/settings/stage-tags.ts',
];
/** Rules that need a hash. */
const HASHING_RULES = ['provider/core/digest.ts', 'provider/core/token/id-token.ts'];
/** Parts of one adapter that have a test of their own, or that several adapters of one service share. */
const SHARED_ADAPTERS = [
  'provider/adapters/config.ts',
  'provider/adapters/dynamodb/attributes.ts',
  'provider/adapters/dynamodb/expressions.ts',
  'provider/adapters/eventbridge/event-detail.ts',
  'provider/adapters/https/guarded-request.ts',
  'provider/adapters/https/public-address.ts',
  'provider/adapters/log-level.ts',
  'provider/adapters/signed-calls.ts',
  'provider/adapters/sns/query-protocol.ts',
];

/** What loads code on demand, besides handlers: by what a client sends or how it is registered, or for operators. */
const LOADING = [
  'lambdas/backchannel-authentication/wiring.ts',
  'provider/adapters/composition.ts',
  'provider/adapters/unicode/name-skeleton.ts',
  'provider/edge/http/client-call.ts',
  // It depends on the settings alone.
  'provider/flows/asking/request/open-attempt.ts',
  'provider/flows/asking/request/read-parameters.ts',
  'provider/flows/asking/request/verify-hint.ts',
];

const isIn = (folder: string, { target }: Import) => target.startsWith(`${folder}/`);
const isOurs = (found: Import) => [...SHIPPED, 'test', 'bench', 'examples'].some((folder) => isIn(folder, found));

type Arrow = {
  readonly title: string;
  readonly files: readonly Source[];
  readonly allows: (found: Import, from: string) => boolean;
  /** Where that which was imported belongs, or how to reach it. */
  readonly instead: string;
};

const arrows: readonly Arrow[] = [
  {
    title: 'core/ imports core/ only, and hashes in two files',
    files: below('provider/core'),
    allows: (found, from) =>
      isIn('provider/core', found) || (found.target === 'node:crypto' && HASHING_RULES.includes(from)),
    instead: 'A rule gets what it needs as an argument. What loads or signs is a step of a flow, in provider/flows/.',
  },
  {
    title: 'flows/ imports core/, types of ports, and the few shared flows',
    files: below('provider/flows'),
    allows: (found, from) =>
      isIn('provider/core', found) ||
      (/^provider\/flows\/([a-z]+\/)?ports\.ts$/.test(found.target) && found.isType) ||
      SHARED_FLOWS.includes(found.target) ||
      PARTS.some(
        ({ folder, owners }) =>
          isIn(folder, found) && (found.isType || owners.includes(from) || from.startsWith(folder)),
      ),
    instead:
      'A flow reaches the world through a port: add a method to the ports.ts of its room and implement it in provider/adapters/. Steps that two flows share are a rule of provider/core/ or a shared flow, named in this test.',
  },
  {
    title: 'edge/ imports core/, types of flows/, middy and valibot',
    files: below('provider/edge'),
    allows: (found) =>
      isIn('provider/edge', found) ||
      isIn('provider/core', found) ||
      (isIn('provider/flows', found) && found.isType) ||
      ['@middy/core', 'valibot'].includes(found.target) ||
      (found.target === 'aws-lambda' && found.isType),
    instead: 'The edge turns events into calls and results into answers. What calls a flow is a handler in lambdas/.',
  },
  {
    title: 'adapters/ imports the SDK, jose, valibot, unhomoglyph, core/ and types of flows/',
    files: below('provider/adapters'),
    allows: (found) =>
      /^(node:|@aws-sdk\/|@smithy\/(core\/protocols|signature-v4)$|jose(\/errors)?$|valibot$|unhomoglyph\/)/.test(
        found.target,
      ) ||
      isIn('provider/adapters', found) ||
      isIn('provider/core', found) ||
      (isIn('provider/flows', found) && found.isType),
    instead: 'An adapter does what a port says. A decision it needs is a rule of provider/core/.',
  },
  {
    title: 'an adapter imports another only as a type; composition.ts composes, forms and named parts are shared',
    files: below('provider/adapters').filter(({ path }) => path !== 'provider/adapters/composition.ts'),
    allows: (found) =>
      !isIn('provider/adapters', found) ||
      found.isType ||
      isIn('provider/adapters/dynamodb/forms', found) ||
      SHARED_ADAPTERS.includes(found.target),
    instead: 'Adapters are put together in the wiring.ts of a function, or in adapters/composition.ts for several.',
  },
  {
    title: 'a handler imports core/, edge/, flows/ and its own wiring.ts',
    files: sources.filter(({ path }) => /^lambdas\/[^/]+\/handler\.ts$/.test(path)),
    allows: (found, from) =>
      isIn('provider/core', found) ||
      isIn('provider/edge', found) ||
      isIn('provider/flows', found) ||
      found.target === from.replace('handler.ts', 'wiring.ts'),
    instead: 'A handler is a route card. What it runs with is put together in its wiring.ts.',
  },
  {
    title: 'a wiring.ts imports provider/ only',
    files: sources.filter(({ path }) => /^lambdas\/[^/]+\/wiring\.ts$/.test(path)),
    allows: (found) => isIn('provider', found),
    instead: 'Only adapters know the SDK: give the one in provider/adapters/ what it needs.',
  },
  {
    title: 'a function.ts imports core/ only',
    files: sources.filter(({ path }) => /^lambdas\/[^/]+\/function\.ts$/.test(path)),
    allows: (found) => isIn('provider/core', found),
    instead: 'It is plain data: the stack and the local gateway read it without loading any code.',
  },
  {
    title: 'infra/ imports CDK, core/ and the function.ts of each function; handlers by path, never by import',
    files: below('infra'),
    allows: (found) =>
      isIn('infra', found) ||
      isIn('provider/core', found) ||
      /^lambdas\/[^/]+\/function\.ts$/.test(found.target) ||
      !isOurs(found),
    instead:
      'Handlers are named by their path and bundled. A fact that both sides need is a constant in provider/core/.',
  },
  {
    title: 'local/ and cli/ import core/ and the table of functions; they go through the front door',
    files: below('local', 'cli'),
    allows: (found) =>
      isIn('local', found) ||
      isIn('cli', found) ||
      isIn('provider/core', found) ||
      found.target === 'infra/functions/deployed-functions.ts' ||
      (isIn('provider', found) && found.isType) ||
      !isOurs(found),
    instead: 'They go through the front door: HTTP, or an invocation of a function.',
  },
  {
    title: 'nothing that is shipped imports tests, benchmarks, examples, or the making of packages',
    files: below(...SHIPPED),
    allows: (found) => !['test', 'bench', 'examples', 'release'].some((folder) => isIn(folder, found)),
    instead: 'They use the product, never the other way round.',
  },
];

describe('the arrows', () => {
  it.each(arrows)('$title', ({ files, allows, instead }) => {
    const found = files.flatMap(({ path, imports }) =>
      imports.filter((one) => !allows(one, path)).map(({ target }) => `${path} imports ${target}. ${instead}`),
    );
    expect(files.length).toBeGreaterThan(5);
    expect(found).toEqual([]);
  });

  it('a folder of lambdas/ is a deployed function: handler.ts, wiring.ts, function.ts, and nothing else', () => {
    const hint = 'Code that functions share stands in provider/.';
    const others = below('lambdas').filter(({ path }) => !/^lambdas\/[^/]+\/(handler|wiring|function)\.ts$/.test(path));
    expect(others.map(({ path }) => `${path}: ${hint}`)).toEqual([]);
  });

  it('no file reaches itself through its imports', () => {
    const graph = new Map(sources.map(({ path, imports }) => [path, imports.map(({ target }) => target)]));
    const hint = 'Move what both need into a file of its own.';
    expect(cyclesOf(graph).map((cycle) => `${cycle}: ${hint}`)).toEqual([]);
  });
});

describe('the rooms', () => {
  it.each(['provider/core', 'provider/flows'])('%s has a room for each capability, and no others', (layer) => {
    const found = new Set(
      below(layer).flatMap(({ path }) => path.slice(layer.length + 1).match(/^([^/]+)\//)?.[1] ?? []),
    );
    const hint = 'A capability has the same name in every layer; a new one is named in this test.';
    expect([...found].filter((room) => !ROOMS.includes(room)).map((room) => `${layer}/${room}: ${hint}`)).toEqual([]);
    expect(found.size).toBeGreaterThan(8);
  });

  it.each(['core', 'flows'])('test/%s mirrors provider/%s', (layer) => {
    const tests = globSync(`test/${layer}/**/*.test.ts`, { cwd: join(import.meta.dirname, '..') });
    const rooms = new Set(tests.flatMap((path) => path.split(/[\\/]/).slice(2, -1)[0] ?? []));
    const hint = 'A test stands in the room of what it tests.';
    const foreign = [...rooms].filter((room) => !ROOMS.includes(room)).map((room) => `test/${layer}/${room}: ${hint}`);
    expect(foreign).toEqual([]);
    expect(rooms.size).toBeGreaterThan(8);
  });

  it('test/flows has no servers and no adapters: fakes in domain words alone', () => {
    const hint = 'What needs more than the rules and the flows is a test of test/edge/, test/contract/ or test/e2e/.';
    const files = below('test/flows');
    const allowed = ['provider/core', 'provider/flows', 'test/flows'];
    const foreign = files.flatMap(({ path, imports }) =>
      imports
        .filter((found) => !allowed.some((folder) => isIn(folder, found)))
        .filter(({ target }) => target !== 'vitest' && target !== 'test/core/given.ts')
        .map(({ target }) => `${path} imports ${target}. ${hint}`),
    );
    expect(files.length).toBeGreaterThan(20);
    expect(foreign).toEqual([]);
  });
});

describe('habits', () => {
  it('the app of this repository uses the construct by its public entry alone', () => {
    const app = sources.find(({ path }) => path === APP);
    const ours = app?.imports.map(({ target }) => target).filter((target) => target.startsWith('infra/'));
    expect(ours).toContain(PUBLIC_ENTRY);
    expect(ours?.filter((target) => target !== PUBLIC_ENTRY && !FILES_OF_THE_APP.includes(target))).toEqual([]);
    const others = sources.filter(
      ({ path, imports }) =>
        path.startsWith('infra/') &&
        ![APP, ...FILES_OF_THE_APP].includes(path) &&
        imports.some(({ target }) => target === PUBLIC_ENTRY),
    );
    expect(others.map(({ path }) => `${path}: import from the file that defines the name.`)).toEqual([]);
  });

  it('the construct does not need cdk-nag, which an app that uses it does not have', () => {
    const users = below('infra').filter(({ imports }) => imports.some(({ target }) => /^cdk-nag\b/.test(target)));
    expect(users.map(({ path }) => path)).toEqual(['infra/policy-checks.ts']);
  });

  it('there are no barrels but the public entry of the construct', () => {
    const barrels = sources
      .filter(({ path }) => /(^|\/)index\.[a-z]+$/.test(path) && path !== PUBLIC_ENTRY)
      .map(({ path }) => path);
    const hint = 'Import from the file that defines the name.';
    const found = [...barrels, ...linesWith(below('lambdas', 'provider'), /^export \* from/)];
    expect(found.map((line) => `${line} ${hint}`)).toEqual([]);
  });

  it('there are no default exports, where no tool demands one', () => {
    const files = sources.filter(({ path }) => path !== 'vitest.config.ts');
    const hint = 'Export it by its name.';
    const found = linesWith(files, /^export (default\b|\{[^}]*\bas default\b)/);
    expect(found.map((line) => `${line} ${hint}`)).toEqual([]);
  });

  it('only adapters/config.ts reads process.env', () => {
    const files = below('lambdas', 'provider').filter(({ path }) => path !== 'provider/adapters/config.ts');
    const hint = 'A setting is read in adapters/config.ts and handed over by a wiring.ts.';
    expect(linesWith(files, /\bprocess\b(?!\.stdout\.write)/).map((line) => `${line} ${hint}`)).toEqual([]);
  });

  it('core/ has no clock, no randomness, no I/O: the same arguments give the same answer', () => {
    const impure =
      /\b(Date\b|Math\.random|performance\.|random(Bytes|UUID|Int|FillSync)|getRandomValues|fetch\(|process\b|globalThis|console\.|set(Timeout|Interval|Immediate)\(|async |await |Promise\b|import\()/;
    const hint = 'Time and chance are arguments of a rule; what waits is a step of a flow.';
    expect(linesWith(below('provider/core'), impure).map((line) => `${line} ${hint}`)).toEqual([]);
  });

  it('flows/ take clock and randomness from their ports', () => {
    const impure =
      /\b(Date\b|Math\.random|performance\.|random(Bytes|UUID|Int)|getRandomValues|fetch\(|console\.|setTimeout\()/;
    const hint = 'Ask the ports of the flow: clock, entropy.';
    expect(linesWith(below('provider/flows'), impure).map((line) => `${line} ${hint}`)).toEqual([]);
  });

  it('patterns with properties of Unicode are made when they are needed: V8 reads such a literal at every cold start', () => {
    const hint = 'Use unicodePattern of core/unicode-pattern.ts.';
    const literal = /\/\S*\\[pP]\{.*\/[a-z]*[uv]/;
    expect(linesWith(below('lambdas', 'provider'), literal).map((line) => `${line} ${hint}`)).toEqual([]);
  });

  it('code is loaded on demand by a handler and its wiring for a route, and elsewhere only where it is named here', () => {
    const files = below('lambdas', 'provider').filter(
      ({ path }) => !/^lambdas\/[^/]+\/(handler|wiring)\.ts$/.test(path) && !LOADING.includes(path),
    );
    const hint = 'Does what is loaded depend on who a hint names? Then it would tell who is a user (docs/adr/0047).';
    expect(linesWith(files, /(?<![#\w])import\(/).map((line) => `${line} ${hint}`)).toEqual([]);
  });

  it('handlers and flows catch nothing: faults are caught once, at the edge', () => {
    const hint = 'Let a fault pass: provider/edge/ catches it. What may fail without harm is an outcome of its port.';
    expect(
      linesWith(below('lambdas', 'provider/flows'), /\b(try \{|catch\b)/).map((line) => `${line} ${hint}`),
    ).toEqual([]);
  });

  it('every export of core/ and flows/ has a doc comment directly above', () => {
    expect(below('provider/core', 'provider/flows').flatMap(({ path, text }) => undocumentedIn(path, text))).toEqual(
      [],
    );
  });
});

describe('what is there is used', () => {
  /**
   * Lambda itself imports what a function exports, middy what bundles contain in place of built-in modules, a package
   * what it has in place of modules of this repository, and Vitest what prepares a run. A test file exports nothing; it
   * may quote code that does.
   */
  const isNoEntry = ({ path }: Source) =>
    !/^lambdas\/[^/]+\/handler\.ts$|\.test\.ts$|\/built-ins-of-middy\.mjs$|^release\/serverless-|^test\/support\/prepare\.ts$/.test(
      path,
    );

  it('by something that is shipped: a rule that only its test asks was forgotten in a flow', () => {
    const shipped = below(...SHIPPED);
    const hint = 'Ask it where it belongs, or take it out.';
    const unasked = shipped.filter(isNoEntry).flatMap(({ path, text }) => unaskedIn(path, text, shipped));
    expect(unasked.map((line) => `${line}: nothing that is shipped uses it. ${hint}`)).toEqual([]);
  });

  it('by another file, if it is exported', () => {
    const unused = sources.filter(isNoEntry).flatMap(({ path, text }) => unusedIn(path, text, sources));
    expect(unused.map((line) => `${line}: no other file imports it. Take its export away.`)).toEqual([]);
  });
});

describe('size', () => {
  const sized = below(...SHIPPED);

  it('a function has at most three parameters, or three and one object of named ones', () => {
    const hint = 'Give the further ones names in one object.';
    const typed = sized.filter(({ path }) => path.endsWith('.ts'));
    const long = typed.flatMap(({ path, text }) =>
      longParameterLists(text).map((list) => `${path}: (${list}). ${hint}`),
    );
    expect(long).toEqual([]);
  });

  it(`a file has at most ${FILE_LIMIT} lines`, () => {
    const hint = 'Two reasons to change are two files; split by meaning.';
    const long = sized.filter(({ text }) => lineCount(text) > FILE_LIMIT);
    expect(long.map(({ path, text }) => `${path}: ${lineCount(text)} lines. ${hint}`)).toEqual([]);
  });

  it(`a function has at most ${FUNCTION_LIMIT} lines`, () => {
    const long = sized.flatMap(({ path, text }) =>
      functionsOf(text)
        .filter(({ lines }) => lines > FUNCTION_LIMIT)
        .map(({ line, lines }) => `${path}:${line}: ${lines} lines. Name a step of it, or move it to its rule.`),
    );
    expect(long).toEqual([]);
  });
});

// The detectors themselves: what they must see, or the tests above would pass for nothing.

describe('the detectors', () => {
  it('read the files', () => {
    expect(below('provider/core').length).toBeGreaterThan(20);
    expect(below('provider/edge').length).toBeGreaterThan(10);
    expect(sources.filter(({ path }) => path.startsWith('lambdas/')).length).toBe(48);
    expect(below('provider/adapters').length).toBeGreaterThan(15);
    expect(below('local').length).toBeGreaterThan(10);
    expect(below('infra').length).toBeGreaterThan(0);
  });

  it('find every form of import, and none in a comment', () => {
    const text = [
      "import { a,\n  b } from './a.ts';",
      "import type { C } from '../c.ts';",
      "import { type D } from './d.ts';",
      "import './e.ts';",
      "export { f } from './f.ts';",
      "import * as g from 'node:g';",
      "const h = await import('./h.ts');",
      "// import { x } from './x.ts';",
      "/*\nimport { y } from './y.ts';\n*/",
    ].join('\n');
    expect(importsOf('one/two/file.ts', text)).toEqual([
      { target: 'one/two/a.ts', isType: false },
      { target: 'one/c.ts', isType: true },
      { target: 'one/two/d.ts', isType: false },
      { target: 'one/two/f.ts', isType: false },
      { target: 'node:g', isType: false },
      { target: 'one/two/e.ts', isType: false },
      { target: 'one/two/h.ts', isType: false },
    ]);
  });

  it('resolve every import of ours to a file that exists', () => {
    const known = new Set(sources.map(({ path }) => path));
    const ours = below('lambdas', 'provider', 'infra').flatMap(({ imports }) =>
      imports.filter(({ target }) => isIn('provider', { target, isType: false })),
    );
    expect(ours.length).toBeGreaterThan(100);
    expect(ours.filter(({ target }) => !known.has(target))).toEqual([]);
  });

  it('find cycles', () => {
    expect(
      cyclesOf(
        new Map([
          ['a', ['b']],
          ['b', ['c']],
          ['c', ['b']],
        ]),
      ),
    ).toEqual(['b -> c -> b']);
    expect(
      cyclesOf(
        new Map([
          ['a', ['b', 'c']],
          ['b', ['c']],
          ['c', []],
        ]),
      ),
    ).toEqual([]);
  });

  it('find long lists of parameters, and let three with one object pass', () => {
    const text = [
      'function a(b: string, c: string, d: string, e: string): void {',
      'function f(b: string, c: string, d: string, { e }: { e: string }): void {',
      'function g(',
      '  b: Map<string, number>,',
      '  c: (x: number, y: number) => void,',
      '  d: string,',
      '): void {',
      'const h = (b: number, c: number, d: number, e: number): void => {',
      'const i = (b: number, c: number, d: number, more: More = {}): Wording => ({',
    ].join('\n');
    expect(longParameterLists(text)).toEqual([
      'b: string, c: string, d: string, e: string',
      'b: number, c: number, d: number, e: number',
    ]);
  });

  it('find exports without a comment', () => {
    const text = '/** Yes. */\nexport const a = 1;\nexport type B = 1;\n\n/** Yes. */\n\nexport function c() {}\n';
    expect(undocumentedIn('x.ts', text)).toEqual(['x.ts:3: export type B = 1;', 'x.ts:7: export function c() {}']);
  });

  it('find values that nothing but a test uses', () => {
    const text = 'export function a() {}\n\nexport const b = 1;\n\nexport function c() {\n  return d;\n}\n';
    const files = [
      { path: 'x.ts', text },
      { path: 'y.ts', text: "import { a } from './x.ts';\n// and b\n" },
    ];
    expect(unaskedIn('x.ts', text, files)).toEqual(['x.ts: b', 'x.ts: c']);
    expect(unaskedIn('x.ts', `${text}\nc(b);\n`, files)).toEqual([]);
  });

  it('find exports that no other file imports, whoever else uses such a name', () => {
    const text = [
      'export const limit = 1;',
      'export const taken = limit;',
      'export type Named = number;',
      'export type Inner = number;',
      'export type Taken = number;',
      'type Own = Inner;',
      'export function called(',
      '  named: Named,',
      '): void {',
      '  const own: Inner = limit;',
      '}',
      'export class Whole {',
      '  readonly a = 1;',
      '',
      '  /** Two. */',
      '  b(): Deep {}',
      '}',
      'export type Deep = number;',
      '',
    ].join('\n');
    const using = "import { called, type Taken, taken as other } from './x.ts';\nexport { Whole } from './x.ts';\n";
    const others = [
      { path: 'x.ts', text },
      { path: 'a/z.ts', text: "import { limit, type Inner } from './x.ts';\nconst limit = 1;\n" },
    ];
    const find = (path: string, imports: string) => unusedIn('x.ts', text, [...others, { path, text: imports }]);
    expect(find('y.ts', using)).toEqual(['x.ts: limit', 'x.ts: Inner']);
    expect(find('a/y.ts', using.replaceAll('./x.ts', '../x.ts'))).toEqual(['x.ts: limit', 'x.ts: Inner']);
    expect(find('y.ts', "import * as x from './x.ts';\n")).toEqual([]);
    expect(find('y.ts', "await import('./x.ts');\n")).toEqual([]);
    expect(find('y.ts', "/** @type {import('./x.ts').Inner} */\n")).not.toContain('x.ts: Inner');
  });

  it('measure functions, methods and arrows, and no other blocks', () => {
    const text = [
      'export async function one(',
      '  a: string,',
      '): Promise<void> {',
      '  if (',
      '    a',
      '  ) {',
      '    two();',
      '  }',
      '}',
      'class C {',
      '  static #three(a: string): void {',
      '    for (const b of a) {',
      '      b;',
      '    }',
      '  }',
      '}',
      'const four = () => {',
      '  four();',
      '};',
      'const five = {',
      '  six: 1,',
      '};',
    ].join('\n');
    expect(functionsOf(text)).toEqual([
      { line: 1, lines: 9 },
      { line: 11, lines: 5 },
      { line: 17, lines: 3 },
    ]);
  });
});
