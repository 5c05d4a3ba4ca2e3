// Settings that are wrong, each with the beginning of the sentence that says so. One table for the settings file and
// for the properties of the construct: every-sentence.test.ts runs each row through both.

/** The account and region of the deployment. */
type At = { readonly account?: string; readonly region?: string };
/** Wrong settings, the beginning of the sentence, and where the deployment is, if that matters. */
export type WrongSettings = readonly [settings: object, sentence: string, at?: At];

const here = 'eu-west-1:111122223333';
const place = { region: 'eu-west-1', account: '111122223333' };
const domain = { name: 'login.example.com', certificateArn: `arn:aws:acm:${here}:certificate/1` };
const shield = { certificateArn: 'arn:aws:acm:us-east-1:111122223333:certificate/1' };
const mtlsDomain = { ...domain, name: 'mtls.example.com', truststore: { bucket: 'b', key: 'k' } };
const secretArn = `arn:aws:secretsmanager:${here}:secret:apns-AbCdEf`;
const apns = { secretArn, bundleId: 'com.example' };
const application = (platform: string) => `arn:aws:sns:${here}:app/${platform}/shop`;
const streamOf = (table: string, itsPlace = here) => `arn:aws:dynamodb:${itsPlace}:table/${table}/stream/2026`;
const vaultIn = (itsPlace: string) => `arn:aws:backup:${itsPlace}:backup-vault:ciba`;
const zone = (name: string) => ({ id: 'Z0123456789ABC', name });
const rules = (count: number, acr = 'a') => Array.from({ length: count }, () => ({ acr, anyOf: ['pin'] }));
const topicArn = `arn:aws:sns:${here}:alarms`;
const email = 'on-call@example.com';

const layerArn = 'arn:aws:lambda:eu-central-1:000000000000:layer:opentelemetry-nodejs-0_19_0:1';
const auditCopy = { bucketArn: 'arn:aws:s3:::copy', account: '444455556666' };

/** One issuer of hint tokens, with something wrong. */
function hints(wrong: object) {
  return { loginHintTokenIssuers: [{ issuer: 'a', jwksUri: 'https://hints.example/keys', ...wrong }] };
}

/** What a settings file alone can have: the name of the stage and where it is, and names that are properties. */
export const WRONG_IN_FILES: readonly WrongSettings[] = [
  [{ stage: 'Prod' }, '"stage" must be 1 to 20 letters, digits and hyphens in lower case'],
  [{ account: '1' }, '"account" must be the twelve digits of an AWS account'],
  [{ region: 'Ireland' }, '"region" must be an AWS region like eu-west-1'],
  [{ region: 'us-east-1', domain }, '"domain.certificateArn" must be in the region of the deployment, us-east-1'],
  [{ events: { bus: 'logins' } }, '"events.bus" is not a setting'],
  [
    { restored: { directoryStreamArn: streamOf('one') } },
    '"restored.directoryStreamArn" must be the stream of the table in "restored.directoryTable"',
  ],
];

const SHIELD: readonly (readonly [settings: object, at: At, sentence: string])[] = [
  [{ shield }, place, 'set "domain" as well: CloudFront and the API must be called by the same name'],
  [
    { domain, shield },
    {},
    'give the stack an account and a region ("account" and "region" of a settings file): "shield" adds a stack',
  ],
  [
    { domain, shield: { certificateArn: domain.certificateArn } },
    place,
    '"shield.certificateArn" must be in us-east-1',
  ],
  [
    { domain, shield: { certificateArn: 'arn:aws:acm:us-east-1:444455556666:certificate/1' } },
    place,
    '"shield.certificateArn" must be in the account of the deployment, 111122223333',
  ],
  [
    { domain, shield: { certificateArn: 'arn:aws-cn:acm:us-east-1:111122223333:certificate/1' } },
    place,
    'remove "shield": CloudFront offers client certificates for origins in the partition aws alone',
  ],
  [
    { domain, shield: { ...shield, knownBackends: ['0.0.0.0/0'] } },
    place,
    '"shield.knownBackends.0" must be an IPv4 network',
  ],
  [
    { domain, shield: { ...shield, knownBackends: ['2001:db8::/32'] } },
    place,
    '"shield.knownBackends.0" must be an IPv4 network',
  ],
  [
    { domain, shield: { ...shield, knownBackends: ['198.51.100.7'] } },
    place,
    '"shield.knownBackends.0" must be an IPv4 network',
  ],
  [
    { domain, shield: { ...shield, perAddress: { token: 9 } } },
    place,
    '"shield.perAddress.token" must be a whole number of at least 10',
  ],
  [{ domain, shield: { ...shield, managedRules: 'on' } }, place, '"shield.managedRules" must be "count" or "block"'],
  [{ domain, shield: { ...shield, origin: 'half' } }, place, '"shield.origin" must be "closed" or "open"'],
];

export const WRONG: readonly WrongSettings[] = [
  [{ operators: [] }, '"operators" must name at least one operator, or be left out'],
  [{ operators: ['*'] }, '"operators.0" must be an ARN like arn:aws:sts::111122223333:assumed-role/CibaOperators/*'],
  [{ operators: ['arn:aws:iam::111122223333:role/Admin'] }, '"operators.0" must be an ARN like'],
  [{ operators: ['arn:aws:sts::111122223333:assumed-role/*'] }, '"operators.0" must be an ARN like'],
  [{ colour: 'red' }, '"colour" is not a setting: correct its name or remove it'],
  [{ apns: { secretArn, bundelId: 'a' } }, 'set "apns.bundleId"'],
  [{ apns: { secretArn, bundleId: 'a', bundelId: 'a' } }, '"apns.bundelId" is not a setting'],
  [{ tags: { 'aws:mine': 'x' } }, '"tags.aws:mine" must be a name of 1 to 128 letters'],
  [{ tags: { team: 7 } }, '"tags.team" must be 1 to 256 letters'],
  [{ tags: { Team: 'a', team: 'b' } }, '"tags" must have names that differ in more than their case'],
  [
    { tags: Object.fromEntries(Array.from({ length: 41 }, (_, index) => [`t${index}`, 'x'])) },
    '"tags" must be at most 40',
  ],
  [{ domain: { ...domain, name: 'https://login.example.com' } }, '"domain.name" must be a host name'],
  [{ domain: { name: 'login.example.com' } }, 'set "domain.certificateArn"'],
  [{ domain: 'login.example.com' }, '"domain" must be an object with settings'],
  [{ mtlsDomain: { ...domain, truststore: { bucket: 'b', key: 'k' } } }, 'set "domain" as well'],
  [{ domain, mtlsDomain: { ...domain, truststore: { bucket: 'b', key: 'k' } } }, '"mtlsDomain.name" must differ'],
  [{ apns: { bundleId: 'a' } }, 'set either "apns.secretArn" or "apns.applicationArn"'],
  [{ fcm: {} }, 'set either "fcm.secretArn" or "fcm.applicationArn"'],
  [{ apns: { secretArn: 'my-secret', bundleId: 'a' } }, '"apns.secretArn" must be an ARN like arn:aws:secretsmanager:'],
  [{ alarms: {} }, 'set either "alarms.email" or "alarms.topicArn"'],
  [{ alarms: { email: 'nobody' } }, '"alarms.email" must be an e-mail address'],
  [{ accessLogClass: 'cheap' }, '"accessLogClass" must be "infrequentAccess" or "standard"'],
  [{ logRetentionDays: 100 }, '"logRetentionDays" must be one of 1, 3, 5'],
  [{ limits: { defaultExpiry: 900 } }, '"limits.defaultExpiry" must not be longer than "limits.expiryLimit"'],
  [{ limits: { perUser: { perMinute: 1, perHour: 1, longPerDay: 0 } } }, '"limits.perUser.longPerDay" must be'],
  [{ limits: { perUser: 'off' } }, '"limits.perUser" must be an object with settings'],
  [{ limits: { messageWhileOpen: true } }, '"limits.messageWhileOpen" must be "on" or "off"'],
  [{ limits: { reminders: true } }, '"limits.reminders" must be "on" or "off"'],
  [{ lifetimes: { idToken: 0.5 } }, '"lifetimes.idToken" must be a whole number of seconds, at least 1'],
  [{ clientSecretDays: 29 }, '"clientSecretDays" must be a whole number of days from 30 to 1095'],
  [{ clientSecretDays: 1096 }, '"clientSecretDays" must be a whole number of days from 30 to 1095'],
  [{ rotation: { publishBeforeUse: 60 } }, '"rotation.publishBeforeUse" must be at least 86400 seconds'],
  [{ previousIssuers: ['http://old.example.com'] }, '"previousIssuers.0" must be an issuer like https://'],
  [{ bindingMessagePattern: '(' }, '"bindingMessagePattern" must be a regular expression'],
  [{ removalPolicy: 'snapshot' }, '"removalPolicy" must be "retain" or "destroy"'],
  [{ syntheticLogin: true }, '"syntheticLogin" must be "on" or "off"'],
  [{ syntheticLogin: 'never' }, '"syntheticLogin" must be "on" or "off"'],
  [{ syntheticLoginMinutes: 1 }, '"syntheticLoginMinutes" must be a whole number of minutes, at least 5'],
  [{ syntheticLoginMinutes: 90 }, '"syntheticLoginMinutes" must be at most 60'],
  [{ reservedConcurrency: { tokens: 5 } }, '"reservedConcurrency.tokens" is not a setting'],
  [{ rotation: { retireFor: 3959 } }, 'set "rotation.retireFor" to at least 3960 seconds: a token lives 3600'],
  [{ lifetimes: { idToken: 7200 }, rotation: { retireFor: 7559 } }, 'set "rotation.retireFor" to at least 7560'],
  [{ lifetimes: { accessToken: 7200 }, rotation: { retireFor: 7559 } }, 'set "rotation.retireFor" to at least 7560'],
  [{ lifetimes: { idToken: 60, accessToken: 172_800 } }, 'set "rotation.retireFor" to at least 173160'],
  [{ lifetimes: { idToken: 172_441 } }, 'set "rotation.retireFor" to at least 172801'],
  [{ rotation: { publishBeforeUse: 86_399 } }, '"rotation.publishBeforeUse" must be at least 86400 seconds'],
  [{ domain: { ...domain, zone: zone('example.org') } }, '"domain.zone.name" must be login.example.com or a parent'],
  [{ domain: { ...domain, zone: zone('ogin.example.com') } }, '"domain.zone.name" must be login.example.com'],
  [{ domain: { ...domain, zone: zone('a.login.example.com') } }, '"domain.zone.name" must be login.example.com'],
  [
    { domain, mtlsDomain: { ...mtlsDomain, zone: zone('login.example.com') } },
    '"mtlsDomain.zone.name" must be mtls.example.com or a parent',
  ],
  [
    { apns: { ...apns, secretArn: `arn:aws:secretsmanager:${here}:secret:ciba/apns` } },
    '"apns.secretArn" must be the whole ARN, with the hyphen and six characters',
  ],
  [
    { fcm: { secretArn: `arn:aws:secretsmanager:${here}:secret:fcm-AbCdE` } },
    '"fcm.secretArn" must be the whole ARN, with the hyphen and six characters',
  ],
  [{ limits: { interval: 601 } }, '"limits.interval" must not be longer than "limits.expiryLimit"'],
  [{ limits: { defaultExpiry: 3, expiryLimit: 4 } }, '"limits.interval" must not be longer than'],
  [{ limits: { expiryLimit: 259_201 } }, '"limits.expiryLimit" must be at most 259200 seconds, which are 72 hours'],
  [
    { reservedConcurrency: { 'client-notification': 1 } },
    'set "reservedConcurrency.client-notification" to at least 2: Lambda accepts no lower limit',
  ],
  [
    { limits: { concealUsers: 'on', messageWhileOpen: 'on' } },
    '"limits.concealUsers" excludes "limits.oneOpenRequest" and "limits.messageWhileOpen": these would tell whether two names are of one person',
  ],
  [{ limits: { defaultExpiry: 601 } }, '"limits.defaultExpiry" must not be longer than "limits.expiryLimit"'],
  [{ limits: { expiryLimit: 119 } }, '"limits.defaultExpiry" must not be longer than "limits.expiryLimit"'],
  [
    { limits: { perUser: { perMinute: 20, perHour: 10 } } },
    '"limits.perUser.perHour" must not be less than "limits.perUser.perMinute"',
  ],
  [
    { throttles: { token: { rate: 500, burst: 499 } } },
    '"throttles.token.burst" must not be less than "throttles.token.rate"',
  ],
  [{ throttles: { others: { rate: 2, burst: 1 } } }, '"throttles.others.burst" must not be less than'],
  [
    { apns: { bundleId: 'a', sandbox: true, applicationArn: application('APNS') } },
    'set "apns.sandboxApplicationArn" instead of "apns.sandbox"',
  ],
  [
    { backups: { vaultArn: vaultIn('eu-central-1:444455556666') }, removalPolicy: 'destroy' },
    'set "removalPolicy" to "retain" or remove "backups"',
  ],
  [
    { backups: { vaultArn: `${vaultIn(here)}/copy` } },
    '"backups.vaultArn" must be an ARN like arn:aws:backup:eu-west-1:111122223333:backup-vault:ciba',
  ],
  [
    { backups: { vaultArn: vaultIn(here), retentionDays: 0 } },
    '"backups.retentionDays" must be a whole number of days, at least 1',
  ],
  [{ backups: { retentionDays: 35 } }, 'set "backups.vaultArn"'],
  [
    { restored: { directoryTable: 'one', transactionsTable: 'one' } },
    '"restored.directoryTable" and "restored.transactionsTable" must be two different tables',
  ],
  [
    { events: {}, restored: { directoryTable: 'one' } },
    'set "restored.directoryStreamArn": events are read from the stream of the restored table',
  ],
  [
    { events: {}, restored: { transactionsTable: 'two' } },
    'set "restored.transactionsStreamArn": events are read from the stream of the restored table',
  ],
  [
    { restored: { directoryTable: 'one', directoryStreamArn: streamOf('two') } },
    '"restored.directoryStreamArn" must be the stream of the table in "restored.directoryTable"',
  ],
  [{ events: { busArn: 'logins' } }, '"events.busArn" must be an ARN like arn:aws:events:eu-west-1:111122223333:'],
  [{ events: true }, '"events" must be an object with settings'],
  [{ acrPolicy: [{ acr: 'a', anyOf: ['pin', 'hwk'] }] }, '"acrPolicy.0.anyOf.1" must be one of pin, fpt, face'],
  [{ acrPolicy: [{ acr: 'a', anyOf: 'pin' }] }, '"acrPolicy.0.anyOf" must be a list'],
  [
    { acrPolicy: [{ acr: 'a', anyOf: ['pin'], needsVerificationKey: 'yes' }] },
    '"acrPolicy.0.needsVerificationKey" must be true or false',
  ],
  [hints({ issuer: '' }), '"loginHintTokenIssuers.0.issuer" must be 1 to 255 printable ASCII characters'],
  [hints({ audience: 'a b' }), '"loginHintTokenIssuers.0.audience" must be 1 to 255 printable ASCII characters'],
  [hints({ jwksUri: undefined }), '"loginHintTokenIssuers.0" must have either jwks or jwksUri'],
  [hints({ jwks: { keys: [] } }), '"loginHintTokenIssuers.0" must have either jwks or jwksUri'],
  [hints({ jwksUri: 'http://hints.example/' }), '"loginHintTokenIssuers.0.jwksUri" must be an https URL'],
  [
    hints({ jwksUri: 'https://hints.example@other.example/' }),
    '"loginHintTokenIssuers.0.jwksUri" must be an https URL',
  ],
  [hints({ jwksUri: 'https://[hints' }), '"loginHintTokenIssuers.0.jwksUri" must be an https URL'],
  [
    hints({ jwksUri: undefined, jwks: { keys: [{ kty: 'oct', k: 'secret' }] } }),
    '"loginHintTokenIssuers.0.jwks.keys.0" must be a public key as a JWK',
  ],
  [
    { loginHintTokenIssuers: Array(6).fill({ issuer: 'a', jwksUri: 'https://a.example/' }) },
    '"loginHintTokenIssuers" must have at most 5 issuers',
  ],
  [{ acrPolicy: rules(21) }, '"acrPolicy" must have at most 20 rules'],
  [
    { acrPolicy: rules(20, 'x'.repeat(200)) },
    'shorten "previousIssuers", "acrPolicy", "loginHintTokenIssuers" or "bindingMessagePattern"',
  ],
  [
    { bindingMessagePattern: 'x'.repeat(3800) },
    'shorten "previousIssuers", "acrPolicy", "loginHintTokenIssuers" or "bindingMessagePattern"',
  ],
  [{ alarms: { email, topicArn } }, 'set either "alarms.email" or "alarms.topicArn"'],
  [{ alarms: { email, page: {} } }, 'set either "alarms.page.email" or "alarms.page.topicArn"'],
  [{ alarms: { email, page: { email, topicArn } } }, 'set either "alarms.page.email" or "alarms.page.topicArn"'],
  [{ alarms: { topicArn, monthlyBudget: 50 } }, 'set "alarms.email" or "alarms.page.email"'],
  [{ alarms: { topicArn, monthlyBudget: 50, page: { topicArn } } }, 'set "alarms.email" or "alarms.page.email"'],
  [{ restored: { directoryTable: 1 } }, '"restored.directoryTable" must be a text'],
  [{ restored: { directoryTable: '' } }, '"restored.directoryTable" must not be empty'],
  [
    { auditCopy: { bucketArn: 'copy', account: '444455556666' } },
    '"auditCopy.bucketArn" must be an ARN like arn:aws:s3:',
  ],
  [
    { domain: { ...domain, zone: { id: 'example', name: 'example.com' } } },
    '"domain.zone.id" must be a hosted zone id',
  ],
  [{ domain, shield: { ...shield, knownBackends: [7] } }, '"shield.knownBackends.0" must be a network like', place],
  [{ tags: 'team' }, '"tags" must be an object with texts'],
  [
    { alarms: { email, changes: { concurrency: { threshold: 'many' } } } },
    '"alarms.changes.concurrency.threshold" must be',
  ],
  [
    { alarms: { email, changes: { concurrency: { limit: 5 } } } },
    '"alarms.changes.concurrency.limit" is not a setting',
  ],
  [{ alarms: { email, changes: 'none' } }, '"alarms.changes" must be an object with names of alarms'],
  [{ alarms: { email, runbookUrl: 'docs' } }, '"alarms.runbookUrl" must be the https address of your copy'],
  [{ memoryMegabytes: { token: 64 } }, '"memoryMegabytes.token" must be a whole number of megabytes from 128 to 10240'],
  [{ memoryMegabytes: { tokens: 512 } }, '"memoryMegabytes.tokens" is not a setting'],
  [{ dashboards: false }, '"dashboards" must be "on" or "off"'],
  [{ apns: { ...apns, sandbox: 'yes' } }, '"apns.sandbox" must be true or false'],
  [{ removeApplications: 'yes' }, '"removeApplications" must be true or false'],
  [{ tracing: { layerArn: 'otel' } }, '"tracing.layerArn" must be the ARN of a version of a layer'],
  [{ tracing: { layerArn, wrapper: 'otel' } }, '"tracing.wrapper" must be a path under /opt'],
  [{ tracing: { layerArn, variables: { ISSUER: 'x' } } }, '"tracing.variables.ISSUER" must be the name of a variable'],
  [{ auditOutage: 'ignore' }, '"auditOutage" must be "refuse" or "proceed"'],
  [{ auditLock: true }, '"auditLock" must be "governance" or "compliance"'],
  [{ auditLock: 'governance', removalPolicy: 'destroy' }, 'set "removalPolicy" to "retain" or remove "auditLock"'],
  [
    { auditLock: 'governance', auditRetentionDays: 36_501 },
    '"auditRetentionDays" must be at most 36500 with "auditLock"',
  ],
  [{ auditCopy, removalPolicy: 'destroy' }, 'set "removalPolicy" to "retain" or remove "auditCopy"'],
  [{ auditCopy: { ...auditCopy, account: place.account } }, '"auditCopy.account" must be another account', place],
  [
    { backups: { vaultArn: vaultIn(here) } },
    '"backups.vaultArn" must be in another account or in another region',
    place,
  ],
  [{ bindingMessages: 'any' }, '"bindingMessages" must be "standard" or "strict"'],
  [{ notificationPorts: [65_536] }, '"notificationPorts.0" must be at most 65535'],
  [{ deployment: 'slow' }, '"deployment" must be "canary" or "allAtOnce"'],
  [{ limits: { denialPause: { first: 60, longest: 15 } } }, '"limits.denialPause.longest" must not be less than'],
  [{ domain }, '"domain.certificateArn" must be in the account of the deployment', { account: '444455556666' }],
  ...SHIELD.map(([settings, at, sentence]): WrongSettings => [settings, sentence, at]),
];
