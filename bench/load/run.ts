import { runLoad } from './load.ts';
import { LOAD_HELP, LoadOptionsError, parseLoadOptions } from './load-options.ts';
import { describeFigures } from './report.ts';

const MOST_FINDINGS = 30;

try {
  const options = parseLoadOptions(process.argv.slice(2));
  if (options === 'help') console.log(LOAD_HELP);
  else {
    const stop = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => {
        console.error('no login begins any more; those that are open come to their end');
        stop.abort();
      });
    const { findings, figures } = await runLoad(options, (line) => console.error(line), stop.signal);
    console.log(describeFigures(figures));
    for (const finding of findings.slice(0, MOST_FINDINGS)) console.log(`✗ ${finding}`);
    if (findings.length > MOST_FINDINGS) console.log(`✗ and ${findings.length - MOST_FINDINGS} more`);
    if (findings.length === 0) console.log('nothing is lost, nothing happened twice, and the trail matches the tables');
    process.exitCode = findings.length === 0 ? 0 : 1;
  }
} catch (error) {
  if (!(error instanceof LoadOptionsError)) console.error('the load test broke off:', error);
  else console.error(error.message);
  process.exitCode = 1;
}
