import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { installation } from '../installation.ts';

/**
 * Serves docs/openapi.json, with this provider as its only server, so that a tool which reads it here calls it here. Any
 * page may read it: it is the same for everybody, and in the documents.
 */
export async function sendOpenApi(url: string, response: ServerResponse): Promise<void> {
  const document: object = JSON.parse(await readFile(new URL('docs/openapi.json', installation.sources), 'utf8'));
  const body = JSON.stringify({ ...document, servers: [{ url, description: 'This machine' }] });
  response
    .writeHead(200, {
      'content-type': 'application/json',
      'cache-control': 'no-cache',
      'access-control-allow-origin': '*',
      'x-content-type-options': 'nosniff',
    })
    .end(body);
}
