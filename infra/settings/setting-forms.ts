import { isIPv4 } from 'node:net';
import { Token } from 'aws-cdk-lib';
import * as v from 'valibot';
import { wholeMessagePattern } from '../../provider/core/asking/binding-message.ts';
import { ACCEPTED_AMR } from '../../provider/core/deciding/device-response.ts';
import { parsePublicKey } from '../../provider/core/keys/public-key.ts';
import { HTTPS_URL, isCallableUrl } from '../../provider/core/notifying/notification-endpoint.ts';
import { arn, certificate, matching, text } from './arn-schemas.ts';

// Forms of single settings. settings-schema.ts puts them together.

/** The numbers of days that CloudWatch Logs accepts. */
export const LOG_RETENTION_DAYS = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 3653];

/** Makes the form of a whole number. */
export const whole = (least: number, message = `must be a whole number of at least ${least}`) =>
  v.pipe(v.number(message), v.integer(message), v.minValue(least, message));
/** Make the forms of times, each in its unit. */
export const seconds = (least: number) => whole(least, `must be a whole number of seconds, at least ${least}`);
export const minutes = (least: number) => whole(least, `must be a whole number of minutes, at least ${least}`);
export const days = (least: number) => whole(least, `must be a whole number of days, at least ${least}`);
/** Makes the form of a limit that may be switched off. */
export const orOff = <Schema extends v.GenericSchema>(limit: Schema) => v.union([v.literal('off'), limit]);
/** A name in DNS. */
const hostName = matching(
  /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/,
  'must be a host name in lower case like login.example.com, without https:// and without a path',
);
export const issuer = matching(/^https:\/\/[^/?#]+\/?$/, 'must be an issuer like https://login.example.com/');
export const acrRule = v.strictObject({
  acr: text,
  anyOf: v.array(v.picklist(ACCEPTED_AMR, `must be one of ${ACCEPTED_AMR.join(', ')}`), 'must be a list'),
  needsVerificationKey: v.optional(v.boolean('must be true or false')),
});
const PUBLIC_KEY = 'must be a public key as a JWK: RSA of 2048 to 4096 bits with e AQAB, or EC on P-256';
const NAME_IN_TOKEN = matching(/^[\x21-\x7E]{1,255}$/, 'must be 1 to 255 printable ASCII characters');
const KEY_ADDRESS = `must be ${HTTPS_URL}`;
/** Who may sign a `login_hint_token` for every client. */
export const hintIssuer = v.pipe(
  v.strictObject({
    issuer: NAME_IN_TOKEN,
    jwks: v.optional(
      v.strictObject({
        keys: v.array(
          v.pipe(
            v.looseObject({ kty: v.string(PUBLIC_KEY) }, PUBLIC_KEY),
            v.check((key) => parsePublicKey(key).ok, PUBLIC_KEY),
          ),
          'must be a list',
        ),
      }),
    ),
    jwksUri: v.optional(
      v.pipe(
        v.string(KEY_ADDRESS),
        v.check((url) => isCallableUrl(url), KEY_ADDRESS),
      ),
    ),
    audience: v.optional(NAME_IN_TOKEN),
  }),
  v.check(({ jwks, jwksUri }) => (jwks === undefined) !== (jwksUri === undefined), 'must have either jwks or jwksUri'),
);
const zone = v.strictObject({
  id: matching(/^Z[A-Z0-9]+$/, 'must be a hosted zone id like Z0123456789ABC'),
  name: hostName,
});
/** What both domain names have. */
export const domain = { name: hostName, certificateArn: certificate, zone: v.optional(zone) };
export const network = v.pipe(
  v.string('must be a network like 198.51.100.0/24'),
  v.check(
    (value) => Token.isUnresolved(value) || isNetwork(value),
    'must be an IPv4 network like 198.51.100.0/24, of at least 8 bits',
  ),
);
/** AWS WAF accepts no lower limit. */
export const callsPerAddress = whole(10);
export const throttle = v.strictObject({ rate: whole(1), burst: whole(1) });

/** AWS takes 50 tags on a resource. Some are ours, and some services add their own. */
const MOST_TAGS = 40;
const differInMoreThanCase = (names: readonly string[]) =>
  new Set(names.map((name) => name.toLowerCase())).size === names.length;
export const tags = v.pipe(
  v.record(
    matching(
      /^(?!aws:)[\p{L}\p{N} _.:/=+@-]{1,128}$/iu,
      'must be a name of 1 to 128 letters, digits, spaces and _.:/=+-@ that does not begin with "aws:"',
    ),
    matching(/^[\p{L}\p{N} _.:/=+@-]{1,256}$/u, 'must be 1 to 256 letters, digits, spaces and _.:/=+-@'),
    'must be an object with texts',
  ),
  v.check((own) => Object.keys(own).length <= MOST_TAGS, `must be at most ${MOST_TAGS}`),
  v.check((own) => differInMoreThanCase(Object.keys(own)), 'must have names that differ in more than their case'),
);

/** Who receives alarms. */
export const alarmReceiver = {
  email: v.optional(matching(/^[^@\s]+@[^@\s]+\.[^@\s]+$/, 'must be an e-mail address')),
  topicArn: v.optional(arn('sns', '[A-Za-z0-9_-]+', 'alarms')),
};

/** A regular expression for binding messages. */
export const messagePattern = v.pipe(text, v.check(isPattern, 'must be a regular expression'));

/** Whether a text is a network as AWS WAF accepts it: IPv4, with a prefix of 8 to 32 bits. */
function isNetwork(text: string): boolean {
  const [address = '', bits = '', ...more] = text.split('/');
  return isIPv4(address) && /^\d{1,2}$/.test(bits) && Number(bits) >= 8 && Number(bits) <= 32 && more.length === 0;
}

function isPattern(pattern: string): boolean {
  try {
    return Boolean(wholeMessagePattern(pattern));
  } catch {
    return false;
  }
}
