import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { extname } from 'node:path';
import { installation } from '../installation.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.woff2': 'font/woff2',
};
/** Allows resources of this server only and nothing inline, because the page shows names and messages from others. */
const POLICY = "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** The name of a file of the page, at most one folder deep. No name that matches leads out of the folder. */
const FILE = /^([a-z-]+\/)?[a-z0-9-]+\.[a-z0-9]+$/;
/** The name of a file of this repository that the page refers to: a handler, an example or a document. */
const SOURCE = /^source\/((?:lambdas|examples|docs)\/(?:[a-z-]+\/)?[a-z-]+\.(?:ts|md))$/;
/** The addresses of the page: the whole, and a phone alone. */
const PAGES = ['/demo', '/demo/', '/demo/phone'];

/** Serves the demo page, its files, and the files of this repository to which it refers. */
export async function servePage(pathname: string, response: ServerResponse): Promise<void> {
  const { address, type } = fileOf(pathname);
  const body = type && address ? await readFile(address).catch(() => undefined) : undefined;
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

function fileOf(pathname: string): { address?: URL; type?: string | undefined } {
  const name = PAGES.includes(pathname) ? 'demo.html' : pathname.slice('/demo/'.length);
  const [, source] = SOURCE.exec(name) ?? [];
  if (source !== undefined)
    return { address: new URL(source, installation.sources), type: 'text/plain; charset=utf-8' };
  return FILE.test(name) ? { address: new URL(name, installation.demoPages), type: TYPES[extname(name)] } : {};
}
