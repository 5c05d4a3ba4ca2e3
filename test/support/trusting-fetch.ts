import { type RequestOptions, request } from 'node:https';
import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';

/**
 * Makes a `fetch` over https that trusts an authority alone (PEM), and shows a certificate if it has one. It changes
 * nothing for the rest of the process. Any host name leads to this machine.
 */
export function trustingFetch(ca: string, tls: Pick<ConnectionOptions, 'cert' | 'key'> = {}): typeof fetch {
  return async (input, init) => {
    const asked = new Request(input, init);
    const body = Buffer.from(await asked.arrayBuffer());
    const url = new URL(asked.url);
    const headers = {
      ...Object.fromEntries(asked.headers),
      host: url.host,
      ...(body.length > 0 && { 'content-length': String(body.length) }),
    };
    const to = { host: '127.0.0.1', servername: isIP(url.hostname) === 0 ? url.hostname : '', port: url.port };
    const options = { ...to, method: asked.method, path: url.pathname + url.search, headers, agent: false, ca, ...tls };
    return new Promise((resolve, reject) => {
      request(options satisfies RequestOptions, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', reject);
        answer.on('end', () => {
          const { statusCode: status = 0, headersDistinct } = answer;
          const pairs = Object.entries(headersDistinct).flatMap(([name, values = []]) =>
            values.map((value): [string, string] => [name, value]),
          );
          resolve(new Response(chunks.length === 0 ? null : Buffer.concat(chunks), { status, headers: pairs }));
        });
      })
        .on('error', reject)
        .end(body);
    });
  };
}
