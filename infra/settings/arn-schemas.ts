import { Token } from 'aws-cdk-lib';
import * as v from 'valibot';
import type { Platform } from '../../provider/core/device/device.ts';

// Forms of texts in the settings: ARNs, and what other forms are made of. Each says what it wants in words. A text that
// CloudFormation resolves, such as the ARN of a resource in another stack, fits every form: its value is not known yet.

/** A text that is not empty. */
export const text = v.pipe(v.string('must be a text'), v.nonEmpty('must not be empty'));
/** Makes the form of a text that fits a pattern. */
export const matching = (pattern: RegExp, message: string) =>
  v.pipe(
    v.string(message),
    v.check((value) => Token.isUnresolved(value) || pattern.test(value), message),
  );
/** Makes the form of the ARN of a resource. */
export const arn = (service: string, resource: string, example: string) =>
  matching(
    new RegExp(`^arn:aws[a-z-]*:${service}:[a-z0-9-]+:\\d{12}:${resource}$`),
    `must be an ARN like arn:aws:${service}:eu-west-1:111122223333:${example}`,
  );

/** An IAM user or role session. Sessions of a role have its name, and a session name that may be anything. */
export const operator = matching(
  /^arn:aws[a-z-]*:(iam::\d{12}:user\/[\w+=,.@/-]+|sts::\d{12}:assumed-role\/[\w+=,.@-]+\/(\*|[\w+=,.@-]+))$/,
  'must be an ARN like arn:aws:sts::111122223333:assumed-role/CibaOperators/* or arn:aws:iam::111122223333:user/name',
);

/** A certificate of ACM. */
export const certificate = arn('acm', 'certificate/.+', 'certificate/…');
/**
 * A secret of Secrets Manager, with the six characters at the end. The ARN of a secret that CDK imports by its name ends
 * in the name, although the region in it is not known yet.
 */
export const secret = v.pipe(
  arn('secretsmanager', 'secret:.+', 'secret:…'),
  v.check(
    (value) => /(-[A-Za-z0-9]{6}|\})$/.test(value),
    'must be the whole ARN, with the hyphen and six characters that AWS adds to the name',
  ),
);
/** A bucket of S3. Its ARN has neither a region nor an account. */
export const bucket = matching(
  /^arn:aws[a-z-]*:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
  'must be an ARN like arn:aws:s3:::example-bucket',
);
/** The stream of a table. */
export const stream = arn('dynamodb', 'table/[A-Za-z0-9_.-]+/stream/.+', 'table/…/stream/…');
/** Makes the form of a platform application of SNS. */
export const application = (platform: Platform) => arn('sns', `app/${platform}/.+`, `app/${platform}/…`);
