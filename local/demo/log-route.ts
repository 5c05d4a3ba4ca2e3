import type { ServerResponse } from 'node:http';
import type { FunctionLog, LoggedLine } from '../runtime/function-log.ts';

/** An idle stream sends an empty line so often. */
const HEARTBEAT_MS = 5_000;
/** A reader that is further behind loses the connection. It can ask again from where it was. */
const MOST_UNREAD_BYTES = 4 * 1024 * 1024;

/**
 * Sends the log lines of the functions, one JSON object in each line: those from a position on, and with `follow` also
 * those that come.
 */
export function sendLog(log: FunctionLog, query: URLSearchParams, response: ServerResponse): void {
  const position = {
    run: query.get('run') ?? undefined,
    after: numberIn(query, 'after'),
    since: numberIn(query, 'since'),
  };
  response.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
  const send = (line: LoggedLine): void => {
    if (response.writableLength > MOST_UNREAD_BYTES) response.destroy();
    else response.write(`${JSON.stringify(line)}\n`);
  };
  if (query.get('follow') !== 'true') {
    for (const line of log.from(position)) response.write(`${JSON.stringify(line)}\n`);
    response.end();
    return;
  }
  response.write('\n');
  for (const line of log.from(position)) send(line);
  const stop = log.listen(send);
  const heartbeat = setInterval(() => response.write('\n'), HEARTBEAT_MS);
  response.on('close', () => {
    clearInterval(heartbeat);
    stop();
  });
}

function numberIn(query: URLSearchParams, name: string): number | undefined {
  const typed = query.get(name);
  return typed !== null && /^\d{1,15}$/.test(typed) ? Number(typed) : undefined;
}
