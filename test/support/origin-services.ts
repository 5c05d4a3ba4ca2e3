import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { listenOnLoopback } from '../../local/runtime/loopback.ts';

/** A call in the words of IAM, as in `recorded-calls.ts`. */
export type CheckedCall = {
  readonly caller: string;
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, readonly string[]>>;
};
type Answer = { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string };
type Asked = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly region: string;
  readonly service: string;
  readonly caller: string;
};
type Imported = { certificate: string; chain: string; tags: Record<string, string>; isUsed: boolean };

const ACCOUNT = '000000000000';

/**
 * ACM, S3 and API Gateway on loopback, as far as the function origin-certificate calls them: one versioned object with
 * conditional writes, one custom domain name, and certificates that give no private key back. It records what IAM would
 * be asked for each call, what API Gateway does in the name of its caller included.
 */
export class OriginServices {
  readonly certificates = new Map<string, Imported>();
  /** The certificates that others made. Its function may only read them. */
  readonly others = new Map<string, Imported>();
  readonly versions: { id: string; body: string }[] = [];
  /** The API's name. Undefined before the deployment has made it. */
  name: { mutualTls?: { version?: string; warnings?: string[] }; status: string } | undefined;
  readonly checked: CheckedCall[] = [];
  /** Every request as it arrived. */
  readonly asked: Asked[] = [];
  /** May replace an answer, or lose it. */
  interference: ((asked: Asked) => Answer | 'lose answer' | undefined) | undefined;
  readonly bucket: string;
  readonly host: string;
  readonly #server: Server;

  constructor({ bucket, host }: { bucket: string; host: string }) {
    this.bucket = bucket;
    this.host = host;
    this.#server = createServer(async (request, response) => {
      const asked = await readAsked(request);
      this.asked.push(asked);
      const instead = this.interference?.(asked);
      const { status, headers, body } = typeof instead === 'object' ? instead : this.#answer(asked);
      if (instead === 'lose answer') return void request.socket.destroy();
      response.writeHead(status, headers).end(body);
    });
  }

  async listen(): Promise<string> {
    return `http://127.0.0.1:${await listenOnLoopback(this.#server, 0)}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #answer(asked: Asked): Answer {
    if (asked.service === 'acm') return this.#acm(asked);
    if (asked.service === 's3') return this.#s3(asked);
    return this.#gateway(asked);
  }

  #check({ caller }: Asked, action: string, resource: string, context: CheckedCall['context'] = {}): void {
    this.checked.push({ caller, action, resource, context });
  }

  #acm(asked: Asked): Answer {
    const action = String(asked.headers['x-amz-target']).split('.')[1] ?? '';
    const input = JSON.parse(asked.body);
    const arn = input.CertificateArn ?? `arn:aws:acm:${asked.region}:${ACCOUNT}:certificate/${randomUUID()}`;
    const found = this.certificates.get(arn) ?? this.others.get(arn);
    if (input.CertificateArn && !found) return { status: 400, body: '{"__type":"ResourceNotFoundException"}' };
    const context = Object.entries(found?.tags ?? {}).map(([key, value]) => [`aws:ResourceTag/${key}`, [value]]);
    if (action !== 'ImportCertificate') {
      this.#check(asked, `acm:${action}`, arn, Object.fromEntries(context));
      if (action === 'GetCertificate')
        return json(200, { Certificate: found?.certificate, CertificateChain: found?.chain });
      if (found?.isUsed) return { status: 400, body: '{"__type":"ResourceInUseException"}' };
      this.certificates.delete(arn);
      return json(200, {});
    }
    this.#import(asked, arn, input);
    return json(200, { CertificateArn: arn });
  }

  #import(asked: Asked, arn: string, input: Record<string, string> & { Tags?: { Key: string; Value: string }[] }) {
    const found = this.certificates.get(arn);
    const tags = Object.fromEntries((input.Tags ?? []).map(({ Key, Value }) => [Key, Value]));
    const kind = found ? 'ResourceTag' : 'RequestTag';
    const entries = Object.entries(found?.tags ?? tags).map(([key, value]) => [`aws:${kind}/${key}`, [value]]);
    this.#check(asked, 'acm:ImportCertificate', arn, Object.fromEntries(entries));
    if (!found) this.#check(asked, 'acm:AddTagsToCertificate', arn, Object.fromEntries(entries));
    const text = (name: string) => Buffer.from(input[name] ?? '', 'base64').toString();
    if (!text('PrivateKey').includes('BEGIN PRIVATE KEY')) throw new Error('a certificate without its key');
    const kept = { tags: found?.tags ?? tags, isUsed: found?.isUsed ?? false };
    this.certificates.set(arn, { certificate: text('Certificate'), chain: text('CertificateChain'), ...kept });
  }

  #s3(asked: Asked): Answer {
    const key = asked.path.slice(`/${this.bucket}/`.length);
    const arn = `arn:aws:s3:::${this.bucket}/${key}`;
    const now = this.versions.at(-1);
    if (asked.method === 'GET') {
      this.#check(asked, 's3:GetObject', arn);
      // S3 answers 403 instead of 404 to who may not list.
      if (!now) this.#check(asked, 's3:ListBucket', `arn:aws:s3:::${this.bucket}`);
      return now ? { status: 200, headers: headersOf(now), body: now.body } : { status: 404, body: '<Error/>' };
    }
    this.#check(asked, 's3:PutObject', arn);
    const { 'if-match': match, 'if-none-match': none } = asked.headers;
    if ((none === '*' && now) || (match !== undefined && match !== tagOf(now))) return { status: 412 };
    const written = { id: `version-${this.versions.length + 1}`, body: asked.body };
    this.versions.push(written);
    return { status: 200, headers: headersOf(written) };
  }

  #gateway(asked: Asked): Answer {
    const arn = `arn:aws:apigateway:${asked.region}::${asked.path.replace('/v2', '')}`;
    this.#check(asked, `apigateway:${asked.method}`, arn);
    const { name } = this;
    if (!name || asked.path !== `/v2/domainnames/${this.host}`) return json(404, { message: 'Invalid domain name' });
    if (asked.method === 'PATCH') this.#trust(asked, arn, JSON.parse(asked.body).mutualTlsAuthentication);
    const { version, warnings } = name.mutualTls ?? {};
    return json(200, {
      domainName: this.host,
      domainNameConfigurations: [{ domainNameStatus: name.status }],
      ...(name.mutualTls && {
        mutualTlsAuthentication: { truststoreVersion: version, truststoreWarnings: warnings },
      }),
    });
  }

  /** API Gateway reads the version in the name of its caller, and asks for two rights more. */
  #trust(asked: Asked, arn: string, wanted: { truststoreUri: string; truststoreVersion: string }): void {
    const object = wanted.truststoreUri.replace('s3://', 'arn:aws:s3:::');
    for (const right of ['AddCertificateToDomain', 'RemoveCertificateFromDomain'])
      this.#check(asked, `apigateway:${right}`, arn);
    this.#check(asked, 's3:GetObjectVersion', object);
    if (!this.versions.some(({ id }) => id === wanted.truststoreVersion)) throw new Error('no such version');
    if (this.name) this.name.mutualTls = { ...this.name.mutualTls, version: wanted.truststoreVersion };
  }
}

async function readAsked(request: IncomingMessage): Promise<Asked> {
  const credential = /Credential=([^/]+)\/\d+\/([^/]+)\/([^/]+)\//.exec(request.headers.authorization ?? '');
  const [, caller = '', region = '', service = ''] = credential ?? [];
  const { method = '', url: path = '', headers } = request;
  return { method, path, headers, body: (await buffer(request)).toString(), caller, region, service };
}

const tagOf = (version: { body: string } | undefined) =>
  version && `"${createHash('md5').update(version.body).digest('hex')}"`;
const headersOf = (version: { id: string; body: string }) => ({
  etag: tagOf(version) ?? '',
  'x-amz-version-id': version.id,
});
const json = (status: number, body: object): Answer => ({ status, body: JSON.stringify(body) });
