// Asks the npm registry for known vulnerabilities of the locked packages. A finding of high or critical severity fails.
// A registry that does not answer such questions, or does not answer at all, is said in one line and fails nothing.
import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';

/** The severities that fail. */
const SEVERE = ['high', 'critical'];

/** Judges what `npm audit --json` printed: one line, and whether it fails. */
export function judgeAudit(printed) {
  const report = parse(printed);
  const counts = report?.metadata?.vulnerabilities;
  if (typeof counts?.total !== 'number') {
    const { message, statusCode, error } = report ?? {};
    const why = message ?? error?.summary ?? (statusCode ? `HTTP ${statusCode}` : 'npm printed no report');
    return {
      isRed: false,
      line: `npm audit: not possible here, nothing was checked (${String(why).split('\n', 1)[0]})`,
    };
  }
  const severe = Object.entries(report.vulnerabilities ?? {}).filter(([, { severity }]) => SEVERE.includes(severity));
  const isRed = SEVERE.some((severity) => counts[severity] > 0);
  const names = severe.map(([name, { severity }]) => `${name} (${severity})`).join(', ');
  return {
    isRed,
    line: `npm audit: ${counts.total} findings${isRed ? `, severe ones in ${names}` : ', none of them severe'}`,
  };
}

function parse(printed) {
  try {
    return JSON.parse(printed);
  } catch {
    return undefined;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { stdout } = spawnSync('npm', ['audit', '--json'], { encoding: 'utf8', timeout: 120_000 });
  const { isRed, line } = judgeAudit(stdout ?? '');
  console.log(line);
  process.exitCode = isRed ? 1 : 0;
}
