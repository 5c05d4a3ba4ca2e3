import { describe, expect, it } from 'vitest';
import { parsePushCredential } from '../../../provider/core/device/push-credential.ts';

const PEM = '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n';
const APPLE = { teamId: 'ABCDE12345', keyId: 'KLMNO67890', privateKey: PEM };
const GOOGLE = { type: 'service_account', project_id: 'shop', client_email: 'push@shop.example', private_key: PEM };

const apple = (different: object, bundleId: string | undefined = 'com.example') =>
  parsePushCredential(JSON.stringify({ ...APPLE, ...different }), { platform: 'APNS', bundleId });
const google = (different: object) =>
  parsePushCredential(JSON.stringify({ ...GOOGLE, ...different }), { platform: 'GCM' });
const wrong = (expected: string) => ({ ok: false, expected });

const TEAM = wrong('"teamId", the ten characters of the Apple developer team');
const KEY = wrong('"keyId", the ten characters of the APNs key');
const P8 = wrong('"privateKey", the text of the .p8 file with its first and last line');
const TYPE = wrong('"type": "service_account", as in the file from Firebase');
const PROJECT = wrong('"project_id", as in the file from Firebase');
const MAIL = wrong('"client_email", as in the file from Firebase');
const PRIVATE_KEY = wrong('"private_key", as in the file from Firebase');

describe('a push credential of Apple (SNS token authentication)', () => {
  it.each(['APNS', 'APNS_SANDBOX'] as const)('becomes the attributes of token authentication for %s', (platform) => {
    expect(parsePushCredential(JSON.stringify(APPLE), { platform, bundleId: 'com.example' })).toEqual({
      ok: true,
      attributes: {
        PlatformPrincipal: 'KLMNO67890',
        PlatformCredential: PEM,
        ApplePlatformTeamID: 'ABCDE12345',
        ApplePlatformBundleID: 'com.example',
      },
    });
  });

  it.each([undefined, null, 1234567890, '', 'ABCDE1234', 'ABCDE123456', 'abcde12345', 'ABCDE-2345', ['ABCDE12345']])(
    'has ten capital letters or digits as team and as key, not %o',
    (id) => {
      expect(apple({ teamId: id })).toEqual(TEAM);
      expect(apple({ keyId: id })).toEqual(KEY);
    },
  );

  it('needs the bundle id of the app', () => {
    expect(parsePushCredential(JSON.stringify(APPLE), { platform: 'APNS' })).toEqual(
      wrong('the setting "apns.bundleId"'),
    );
    expect(apple({}, '')).toEqual(wrong('the setting "apns.bundleId"'));
  });
});

describe('a push credential of Google', () => {
  it('is the service account’s file as it is', () => {
    const secret = JSON.stringify(GOOGLE, null, 2);
    expect(parsePushCredential(secret, { platform: 'GCM' })).toEqual({
      ok: true,
      attributes: { PlatformCredential: secret },
    });
  });

  it('is of a service account, with its project and its address', () => {
    expect(google({ type: 'authorized_user' })).toEqual(TYPE);
    expect(google({ type: undefined })).toEqual(TYPE);
    for (const value of [undefined, null, 1, ['shop']]) {
      expect(google({ project_id: value })).toEqual(PROJECT);
      expect(google({ client_email: value })).toEqual(MAIL);
    }
  });
});

describe('the private key of a push credential (RFC 7468 §10)', () => {
  it.each([
    ['without a line break at its end', PEM.trimEnd()],
    ['with several line breaks at its end', `${PEM} \r\n\n`],
    ['of several lines', PEM.replace('c2VjcmV0', 'c2Vj\r\ncmV0')],
  ])('is accepted %s', (_, pem) => {
    expect(apple({ privateKey: pem })).toMatchObject({ ok: true, attributes: { PlatformCredential: pem } });
    expect(google({ private_key: pem })).toMatchObject({ ok: true });
  });

  it.each([
    ['nothing', undefined],
    ['a number', 1],
    ['a list of one key', [PEM]],
    ['the base64 alone', 'c2VjcmV0'],
    ['a key without its first line', PEM.replace('-----BEGIN PRIVATE KEY-----', '')],
    ['a key without its last line', PEM.replace('-----END PRIVATE KEY-----', '')],
    ['two lines with nothing between them', '-----BEGIN PRIVATE KEY----------END PRIVATE KEY-----'],
    ['text before the key', `x${PEM}`],
    ['text after the key', `${PEM}x`],
  ])('is not %s', (_, pem) => {
    expect(apple({ privateKey: pem })).toEqual(P8);
    expect(google({ private_key: pem })).toEqual(PRIVATE_KEY);
  });
});

describe('a secret that is no credential', () => {
  it.each(['', 'not JSON', 'null', '7', '"text"', '[]', '{}'])(
    'is told by the first thing that is missing in it: %s',
    (secret) => {
      expect(parsePushCredential(secret, { platform: 'APNS', bundleId: 'com.example' })).toEqual(TEAM);
      expect(parsePushCredential(secret, { platform: 'GCM' })).toEqual(TYPE);
    },
  );

  it('is never quoted', () => {
    const secrets = [
      JSON.stringify({ ...APPLE, keyId: 's3cret' }),
      JSON.stringify({ ...GOOGLE, private_key: 's3cret' }),
    ];
    for (const secret of secrets) {
      for (const platform of ['APNS', 'GCM'] as const) {
        expect(JSON.stringify(parsePushCredential(secret, { platform }))).not.toMatch(/s3cret|c2VjcmV0/);
      }
    }
  });
});
