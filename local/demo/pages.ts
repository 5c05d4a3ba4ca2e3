import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { extname } from 'node:path';

const FOLDER = new URL('./pages/', import.meta.url);
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};
/** Allows resources of this server only and nothing inline, because the page shows names and messages from others. */
const POLICY = "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The name of a file of the page, at most one folder deep. No name that matches leads out of the folder. */
const FILE = /^([a-z-]+\/)?[a-z0-9-]+\.[a-z]+$/;

/** Serves the demo page and its files. */
export async function servePage(pathname: string, response: ServerResponse): Promise<void> {
  const name = pathname === '/demo' || pathname === '/demo/' ? 'demo.html' : pathname.slice('/demo/'.length);
  const type = TYPES[extname(name)];
  const body = type && FILE.test(name) ? await readFile(new URL(name, FOLDER)).catch(() => undefined) : undefined;
  if (!type || !body) {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('There is no such page.');
    return;
  }
  response
    .writeHead(200, {
      'content-type': type,
      'cache-control': 'no-cache',
      'content-security-policy': POLICY,
      'x-content-type-options': 'nosniff',
    })
    .end(body);
}
