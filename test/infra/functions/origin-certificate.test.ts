import { X509Certificate } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { wire } from '../../../lambdas/origin-certificate/wiring.ts';
import { selfSigned } from '../../../local/runtime/self-signed.ts';
import { SharedClock } from '../../../local/runtime/shared-clock.ts';
import { authoritiesIn } from '../../../provider/adapters/x509/origin-certificate.ts';
import {
  keepOriginCertificate,
  removeOriginCertificate,
} from '../../../provider/flows/operating/keep-origin-certificate.ts';
import { BundleHost } from '../../support/bundle-host.ts';
import { OriginServices } from '../../support/origin-services.ts';
import { deployedBundles } from '../support/deployed-bundles.ts';
import { allows, narrowed } from '../support/recorded-calls.ts';
import { settingsOf, synthesized, type Value } from '../support/synthesized.ts';

const name = 'origin-certificate';
const host = 'login.example.com';
/** Whole days of a year that began some seconds ago at most. */
const A_YEAR = expect.toSatisfy((days: number) => days === 364 || days === 365);
const shielded = synthesized('shielded');
/** In the account of the stand-ins. */
const CALLERS_SEE = String(settingsOf.shielded().shield?.certificateArn).replace('111122223333', '000000000000');
const variables: Record<string, string> = {
  ORIGIN_HOST: host,
  TRUSTSTORE_BUCKET: 'truststore',
  CERTIFICATE_OWNER: 'ciba-production',
  VIEWER_CERTIFICATE: CALLERS_SEE,
  METRICS_NAMESPACE: 'Ciba/ciba-production',
  AWS_REGION: 'eu-west-1',
};
const logs: string[] = [];
let services: OriginServices;
let bundle: BundleHost;
beforeAll(async () => {
  services = new OriginServices({ bucket: 'truststore', host });
  const awsEndpoint = await services.listen();
  const inFiftyDays = new Date(Date.now() + 50.5 * 86_400_000);
  services.others.set(CALLERS_SEE, {
    certificate: selfSigned(host, inFiftyDays).cert,
    chain: '',
    tags: {},
    isUsed: true,
  });
  bundle = new BundleHost(deployedBundles(), {
    awsEndpoint,
    values: {},
    clock: new SharedClock(),
    onLog: (_, line) => logs.push(line),
  });
  vi.stubEnv('AWS_ENDPOINT_URL', awsEndpoint);
  vi.stubEnv('AWS_ACCESS_KEY_ID', name);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  for (const [variable, value] of Object.entries(variables)) vi.stubEnv(variable, value);
});
afterEach(() => {
  services.interference = undefined;
});
afterAll(async () => {
  await bundle.cool();
  services.close();
  vi.unstubAllEnvs();
});

/** The ports of the deployed function, but without its pauses. */
const ports = () => ({ ...wire().ports, wait: async () => undefined });
const run = (event: unknown) => bundle.invokeDuty(name, event, variables);
const arnOfOne = () => [...services.certificates.keys()][0] ?? '';
const trusted = () => authoritiesIn(services.versions.at(-1)?.body ?? '').map(({ id }) => id);
const authorityInUse = () => authoritiesIn(services.certificates.get(arnOfOne())?.chain ?? '')[0]?.id;

async function deploy(RequestType: 'Create' | 'Update' | 'Delete', PhysicalResourceId?: string) {
  await run({
    ...{ RequestType, PhysicalResourceId, StackId: 'stack', RequestId: 'request', LogicalResourceId: 'Certificate' },
    ResponseURL: 'https://cloudformation.example/answer',
    ResourceProperties: { host, bucket: 'truststore' },
  });
  return (await bundle.answersOf(name)).at(-1);
}

describe('the function origin-certificate, as it is deployed', () => {
  it('makes the first certificate in us-east-1 and the list that trusts it, before the API has a name', async () => {
    const answer = await deploy('Create');
    expect(answer).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: arnOfOne() });
    expect(arnOfOne()).toContain('arn:aws:acm:us-east-1:');
    expect(services.certificates.get(arnOfOne())?.tags).toEqual({ 'ciba-origin-certificate': 'ciba-production' });
    expect(trusted()).toEqual([authorityInUse()]);
    const made = new X509Certificate(services.certificates.get(arnOfOne())?.certificate ?? '');
    expect(made.subjectAltName).toBe(`DNS:${host}`);
  });

  it('has the API trust the list by its version once it demands a certificate, and then has nothing to do', async () => {
    services.name = { status: 'AVAILABLE', mutualTls: {} };
    const order = { action: 'renew', certificate: arnOfOne() };
    expect(await run(order)).toEqual({ id: arnOfOne(), step: 'trust changed', daysLeft: A_YEAR, viewerDaysLeft: 50 });
    expect(services.name.mutualTls?.version).toBe('version-1');
    expect(await run(order)).toMatchObject({ step: 'nothing due' });
  });

  it('leaves the API alone while it demands nothing', async () => {
    services.name = { status: 'AVAILABLE' };
    expect(await run({ action: 'renew', certificate: arnOfOne() })).toMatchObject({ step: 'nothing due' });
    expect(services.name.mutualTls).toBeUndefined();
    services.name.mutualTls = { version: 'version-1' };
  });

  it('changes nothing at an update of the stack, and keeps the certificate', async () => {
    const before = arnOfOne();
    expect(await deploy('Update', before)).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: before });
    expect(services.certificates.size).toBe(1);
  });

  it('renews by force under the same ARN, with the old and the new authority trusted', async () => {
    const [arn, old] = [arnOfOne(), authorityInUse()];
    expect(await keepOriginCertificate(ports(), { id: arn, force: true })).toMatchObject({ id: arn, step: 'renewed' });
    expect(authorityInUse()).not.toBe(old);
    expect(trusted().toSorted()).toEqual([old, authorityInUse()].toSorted());
    expect(services.name?.mutualTls?.version).toBe('version-2');
  });

  it('refuses an order that it does not know, so that it cannot look like one that was carried out', async () => {
    await expect(run({ action: 'renew' })).rejects.toThrow();
    await expect(run({ action: 'renew', certificate: arnOfOne(), now: true })).rejects.toThrow();
  });

  it('logs the days that are left of its certificate and of the one that callers see, as the metric of the alarm', () => {
    const lines = logs.filter((line) => line.includes('days_left')).map((line) => JSON.parse(line));
    expect(lines.slice(-2)).toMatchObject([
      { service: name, days_left: A_YEAR, CertificateDays: A_YEAR },
      { route: 'certificate for callers', days_left: 50, CertificateDays: 50 },
    ]);
  });
});

describe('over the wire', () => {
  const authority = () => authoritiesIn(services.certificates.get(arnOfOne())?.chain ?? '');

  it('a write whose answer was lost is known as its own', async () => {
    const { truststore } = ports();
    const before = await truststore.read();
    let isLost = false;
    services.interference = ({ method }) => {
      if (method !== 'PUT' || isLost) return undefined;
      isLost = true;
      return 'lose answer';
    };
    const version = await truststore.write(authority(), before);
    expect(version).toBe(services.versions.at(-1)?.id);
    expect(services.versions.at(-1)?.body).toBe(authority()[0]?.pem);
  });

  it('a write over a list that somebody else changed is refused', async () => {
    const { truststore } = ports();
    const before = await truststore.read();
    if (before) await truststore.write([...before.authorities, ...before.authorities], before);
    expect(await truststore.write([], before)).toBeUndefined();
    expect(await truststore.write([], undefined)).toBeUndefined();
  });

  it.each([500, 503, 429])('an answer %i is tried again, and a lasting one is thrown', async (status) => {
    let tries = 0;
    services.interference = () => {
      tries += 1;
      return tries < 3 ? { status } : undefined;
    };
    expect(await ports().truststore.read()).toBeDefined();
    services.interference = () => ({ status });
    await expect(ports().name.state()).rejects.toThrow(`API Gateway answered ${status}`);
  });

  it('a name that is being changed is not ready, and its warnings are told', async () => {
    services.name = { status: 'UPDATING', mutualTls: { version: 'version-2', warnings: ['a warning'] } };
    expect(await ports().name.state()).toEqual({ version: 'version-2', isReady: false, warnings: ['a warning'] });
    services.name = undefined;
    expect(await ports().name.state()).toBeUndefined();
  });

  it('what ACM refuses is thrown by its name alone: the message may quote what was sent', async () => {
    const body = JSON.stringify({ __type: 'ValidationException', message: '-----BEGIN PRIVATE KEY-----' });
    services.interference = ({ service }) => (service === 'acm' ? { status: 400, body } : undefined);
    const made = ports().make({ host, now: ports().clock() });
    await expect(ports().certificates.add(made)).rejects.toThrow(
      'ACM did not take the certificate: ValidationException',
    );
  });
});

describe('the removal', () => {
  it('leaves a certificate that is in use, and removes it once CloudFront is gone, again without complaint', async () => {
    const [arn] = [arnOfOne()];
    const certificate = services.certificates.get(arn);
    if (certificate) certificate.isUsed = true;
    await removeOriginCertificate(ports(), arn);
    expect(services.certificates.size).toBe(1);
    if (certificate) certificate.isUsed = false;
    expect(await deploy('Delete', arn)).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: arn });
    expect(services.certificates.size).toBe(0);
    expect(await deploy('Delete', arn)).toMatchObject({ Status: 'SUCCESS' });
    expect(await deploy('Delete', 'Certificate-failed')).toMatchObject({ Status: 'SUCCESS' });
  });
});

describe('the private key', () => {
  it('goes to ACM alone: to no other service, into no log, and to nobody who asked', async () => {
    const isAboutKey = (text: string) => /PRIVATE KEY|PrivateKey/.test(text);
    const carriers = services.asked.filter(({ body }) => isAboutKey(body));
    expect(carriers.length).toBeGreaterThan(1);
    expect(new Set(carriers.map(({ headers }) => headers['x-amz-target']))).toEqual(
      new Set(['CertificateManager.ImportCertificate']),
    );
    const others = services.asked.filter((one) => !carriers.includes(one)).map(({ body }) => body);
    expect([...others, ...logs, JSON.stringify(await bundle.answersOf(name))].filter(isAboutKey)).toEqual([]);
    expect(logs.length).toBeGreaterThan(3);
  });
});

describe('the role of origin-certificate', () => {
  const resolved = (value: Value): string => {
    if (typeof value === 'string') return value;
    const text = JSON.stringify(value);
    if (value['Fn::Join']) return value['Fn::Join'][1].map(resolved).join(value['Fn::Join'][0]);
    if (/Truststore\w*","Arn"/.test(text)) return 'arn:aws:s3:::truststore';
    return `unknown ${text}`;
  };
  /** The statements as they would be in the account and the region of the stand-ins. */
  const statements = () =>
    JSON.parse(JSON.stringify(shielded.statements(name)).replaceAll('111122223333', '000000000000')) as Value[];

  it('lets through every call that the function makes, and what API Gateway does in its name', () => {
    expect(services.checked.length).toBeGreaterThan(20);
    const refused = services.checked.filter((call) => !statements().some((one) => allows(one, call, resolved)));
    expect(refused).toEqual([]);
  });

  it('grants nothing that no call needs', () => {
    const unused = statements()
      .flatMap(narrowed)
      .filter((one) => !services.checked.some((call) => allows(one, call, resolved)))
      .map(({ Action }) => Action);
    // Lambda itself writes the log, in the name of the role, and hands on an event that failed twice.
    expect(unused.toSorted()).toEqual(['logs:CreateLogStream', 'logs:PutLogEvents']);
  });

  it('reaches no certificate without its own tag, as that which CloudFront shows to callers', () => {
    const foreign = (action: string, context: Record<string, string[]>) => ({
      caller: name,
      action: `acm:${action}`,
      resource: 'arn:aws:acm:us-east-1:000000000000:certificate/1',
      context,
    });
    const tag = 'ciba-origin-certificate';
    for (const action of ['ImportCertificate', 'GetCertificate', 'DeleteCertificate'])
      for (const context of [{}, { [`aws:ResourceTag/${tag}`]: ['ciba-other'] }])
        expect(statements().some((one) => allows(one, foreign(action, context), resolved))).toBe(false);
  });
});
