import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { functionNames, functions } from '../../infra/functions/deployed-functions.ts';
import { metrics } from '../../provider/core/operating/metrics.ts';

// Makes docs/construct.md from the doc comments of what infra/index.ts exports. `npm run docs` writes it. It reads the
// source as Biome formats it: TypeScript 7 has no stable interface for programs yet.

const ROOT = join(import.meta.dirname, '../..');
const ENTRY = 'infra/index.ts';
export const CONSTRUCT_PAGE = 'docs/construct.md';
/** What stands first. The rest follows by name. */
const FIRST = ['CibaProvider', 'CibaProviderProps'];
/** The values of types that are computed. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  AdminRoute: functions.admin.routes,
  FunctionName: functionNames,
  MetricName: Object.keys(metrics),
};

/** A declaration or one of its members, with its doc comment in one line for each paragraph. */
type Documented = { readonly name: string; readonly doc: readonly string[] };
/** A member, as it stands in the code: its type, or the whole of a method's head. */
export type Member = Documented & { readonly type: string; readonly isMethod: boolean };
/** What the entry exports. */
export type Exported = Documented & {
  /** What it has besides its own members. */
  readonly extended: string | undefined;
  readonly members: readonly Member[];
};

/** A doc comment, up to its own end. */
const COMMENT = '/\\*\\*(?:(?!\\*/)[\\s\\S])*\\*/';

/** Reads everything that the public entry exports. */
export function publicTypes(): readonly Exported[] {
  const entry = read(ENTRY);
  const found = [...entry.matchAll(/^export (?:type )?\{([^}]*)\} from '([^']+)';$/gm)].flatMap(
    ([, names = '', from = '']) =>
      names
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== '')
        .map((name) => declarationOf(name, read(posix.join('infra', from)))),
  );
  const place = ({ name }: Exported) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  return found.toSorted((a, b) => place(a) - place(b) || a.name.localeCompare(b.name));
}

/** Returns the page with its block made again. */
export function withConstruct(markdown: string): string {
  const block = /(<!-- construct: [^\n]*-->\n)(?:[\s\S]*?\n)??(<!-- end -->)/;
  if (!block.test(markdown)) throw new Error(`${CONSTRUCT_PAGE} has no block`);
  const made = publicTypes().map(sectionOf).join('\n\n');
  return markdown.replace(block, (_, begin: string, end: string) => `${begin}\n${made}\n\n${end}`);
}

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

function declarationOf(name: string, text: string): Exported {
  const end = { interface: '^\\}', class: '^\\}|\\{\\}$', type: ';$' };
  const found = Object.entries(end)
    .map(([kind, last]) =>
      new RegExp(`(${COMMENT})\\nexport (${kind}) ${name}\\b([\\s\\S]*?)(?:${last})`, 'm').exec(text),
    )
    .find((one) => one !== null);
  if (!found) throw new Error(`${name} has no declaration with a doc comment`);
  const [, comment = '', , body = ''] = found;
  const extended = /^ extends (\w+)/.exec(body)?.[1];
  return { name, extended, doc: linesOf(comment), members: membersOf(body) };
}

const MEMBER =
  /^ {2}(?:(\/\*\*(?:(?!\*\/)[\s\S])*?\*\/)\n {2})?(?:readonly (\w+)(\??): ([^;]+);$|(\w+)(\([\s\S]*?)(?: \{$|;$))/gm;

function membersOf(body: string): readonly Member[] {
  return [...body.matchAll(MEMBER)].flatMap(([, comment = '', property, optional, type, method, head]) => {
    if (method === 'constructor') return [];
    const isMethod = method !== undefined;
    const written = isMethod ? `${method}${head}` : `${type}`;
    return [{ name: `${property ?? method}${optional ?? ''}`, doc: linesOf(comment), type: plain(written), isMethod }];
  });
}

/** The type as a reader needs it. That an optional member may be undefined goes without saying. */
function plain(type: string): string {
  return type
    .replaceAll(/\s+/g, ' ')
    .replaceAll(' | undefined', '')
    .replaceAll(/\( | \)|, \)/g, (found) => found.trim());
}

/** The paragraphs of a doc comment. */
function linesOf(comment: string): readonly string[] {
  const text = comment.replaceAll(/^\/\*\*|\*\/$/g, '').replaceAll(/^ *\* ?/gm, '');
  return text
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replaceAll(/\s+/g, ' ').trim())
    .filter((paragraph) => paragraph !== '');
}

function sectionOf({ name, doc, members, extended }: Exported): string {
  const values = VALUES[name];
  const methods = members.filter(({ isMethod }) => isMethod);
  const parts = [
    `## ${name}`,
    ...doc,
    ...(extended?.endsWith('Props') || extended === 'AlarmReceiver'
      ? [`It has the members of [${extended}](#${extended.toLowerCase()}), too.`]
      : []),
    ...(values ? [`One of ${values.map((value) => `\`${value}\``).join(', ')}.`] : []),
    ...tableOf(
      'member',
      members.filter(({ isMethod }) => !isMethod),
    ),
    ...tableOf('method', methods),
  ];
  return parts.join('\n\n');
}

function tableOf(what: string, members: readonly Member[]): readonly string[] {
  if (members.length === 0) return [];
  const rows = members.map(({ name, type, doc, isMethod }) =>
    isMethod ? [code(type), doc.join(' ')] : [code(name), code(type), doc.join(' ')],
  );
  const headings = what === 'method' ? [what, 'meaning'] : [what, 'type', 'meaning'];
  const lines = [headings, headings.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return [lines.join('\n')];
}

function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``;
}
