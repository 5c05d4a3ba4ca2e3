import { describe, expect, it } from 'vitest';
import { isCallableUrl, isNotificationToken } from '../../../provider/core/notifying/notification-endpoint.ts';

describe('client notification endpoint (CIBA §4)', () => {
  it.each([
    'https://client.example/cb',
    'https://client.example',
    'https://client.example?tenant=1',
    'https://client.example:8443/cb?tenant=1',
    'https://203.0.113.7/',
    'https://client.example/'.padEnd(1024, 'x'),
  ])('may be %s', (url) => expect(isCallableUrl(url)).toBe(true));

  it.each([
    ['plain http', 'http://client.example/cb'],
    ['another scheme', 'ftp://client.example/cb'],
    ['no URL', 'client.example/cb'],
    ['no slashes', 'https:client.example/cb'],
    ['backslashes', 'https:\\\\client.example/cb'],
    ['an empty user', 'https://@client.example/cb'],
    ['no host', 'https:///cb'],
    ['a port beyond all ports', 'https://client.example:99999/cb'],
    ['a user', 'https://user@client.example/cb'],
    ['a password', 'https://:secret@client.example/cb'],
    ['a fragment', 'https://client.example/cb#here'],
    ['an empty fragment', 'https://client.example/cb#'],
    ['a line break, which URL parsers drop', 'https://client.example/\ncb'],
    ['a space around it', ' https://client.example/cb'],
    ['letters beyond ASCII', 'https://clïent.example/cb'],
    ['https only in its path', 'http://client.example/https://client.example/cb'],
    ['more than 1024 characters', 'https://client.example/'.padEnd(1025, 'x')],
    ['nothing', undefined],
  ])('can not have %s', (_what, url) => expect(isCallableUrl(url)).toBe(false));
});

describe('client_notification_token (CIBA §7.1, RFC 6750 §2.1)', () => {
  it.each(['8d67dc78-7faa-4d41-aabd-67707b374255', 'aZ09-._~+/==', 'x'.repeat(1024)])('may be %s', (token) =>
    expect(isNotificationToken(token)).toBe(true),
  );

  it.each([
    ['more than 1024 characters', 'x'.repeat(1025)],
    ['nothing but padding', '=='],
    ['padding in the middle', 'a=b'],
    ['a space', 'a b'],
    ['a line break, which would be a header of its own', 'a\r\nx: y'],
    ['a line break at its end', 'a\n'],
    ['a letter beyond ASCII', 'ä'],
  ])('can not have %s', (_what, token) => expect(isNotificationToken(token)).toBe(false));
});
