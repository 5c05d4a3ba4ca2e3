import { toJsonSchema } from '@valibot/to-json-schema';
import type * as v from 'valibot';
import { CLIENT_METADATA_ROWS } from '../../../provider/core/client/metadata.ts';
import {
  clientBody,
  clientChangeBody,
  logLevelBody,
  userBody,
  userChangeBody,
  userCodeBody,
  userSearchBody,
} from '../../../provider/edge/http/admin-bodies.ts';
import { userPageBody, userPageQuery } from '../../../provider/edge/http/admin-user-page.ts';
import { deviceChangeBody, enrolmentBody, responseBody } from '../../../provider/edge/http/device-bodies.ts';
import { type JsonSchema, NAME } from './schema.ts';
import { USER_MEMBERS } from './words.ts';

// The JSON bodies that callers send: the very schemas with which the functions read them, as JSON Schema.

type Properties = Readonly<Record<string, JsonSchema>>;

/** Turns a schema of the provider into a JSON Schema. A member that must be absent is left out: the object is closed. */
function fromValibot(schema: v.GenericSchema): JsonSchema & { readonly properties: Properties } {
  const {
    $schema: _,
    properties = {},
    ...rest
  } = toJsonSchema(schema, {
    target: 'draft-2020-12',
    typeMode: 'input',
  }) as JsonSchema & { readonly properties?: Properties };
  const allowed = Object.entries(properties).filter(([, property]) => !('not' in property));
  return { ...rest, properties: Object.fromEntries(allowed.map(([name, one]) => [name, plain(one)])) };
}

/** Writes "text or null" as OpenAPI tools know it best: by a list of types. */
function plain(schema: JsonSchema): JsonSchema {
  const [first, second, ...more] = Array.isArray(schema['anyOf']) ? (schema['anyOf'] as readonly JsonSchema[]) : [];
  const isNullable = first && second?.['type'] === 'null' && more.length === 0 && typeof first['type'] === 'string';
  if (!isNullable) return schema;
  const { enum: choices, ...rest } = first;
  return { ...rest, type: [first['type'], 'null'], ...(Array.isArray(choices) && { enum: [...choices, null] }) };
}

function described(schema: v.GenericSchema, name: string, words: Readonly<Record<string, string>>): JsonSchema {
  const { properties, ...rest } = fromValibot(schema);
  const entries = Object.entries(properties).map(([member, property]) => {
    const description = words[member];
    if (description === undefined) throw new Error(`test/support/openapi/ has no words for ${member} of ${name}`);
    return [member, { ...property, description }] as const;
  });
  return { ...rest, properties: Object.fromEntries(entries), [NAME]: name };
}

/** What each member of a registration means, from the table of client metadata. */
const CLIENT_WORDS = Object.fromEntries(
  CLIENT_METADATA_ROWS.map(([name, { means, whenAbsent, rule, source }]) => [
    name,
    [
      means,
      ...(rule ? [`Value: ${rule.expected}.`] : []),
      whenAbsent === 'required' ? 'Required.' : `When absent: ${whenAbsent}.`,
      ...(source === 'own' ? [] : [`(${source})`]),
    ].join(' '),
  ]),
);

/** The members of a registration, as they are in answers too. */
export const CLIENT_PROPERTIES: Properties = Object.fromEntries(
  Object.entries(fromValibot(clientBody).properties).map(([name, property]) => [
    name,
    { ...property, description: CLIENT_WORDS[name] },
  ]),
);

const PAGE_WORDS = {
  limit: 'The most users on the page: 1 to 200. Without it 50.',
  after: 'The `next` of the page before.',
  blocked: 'Only users who are blocked, or who are not.',
  has_device: 'Only users who have a device, or who have none.',
  created_after: 'Only users who were created after this instant, in epoch seconds.',
  sub_prefix: 'Only users whose `sub` begins so.',
  email_prefix: 'Only users whose e-mail address begins so.',
  phone_number_prefix: 'Only users whose phone number begins so.',
  preferred_username_prefix: 'Only users whose username begins so.',
};
const CODE_WORDS = { user_code: 'The code without which nobody may ask the user (CIBA §7.1.2).' };

/** The bodies by their names in the document. */
export const BODIES = {
  ClientRegistration: described(clientBody, 'ClientRegistration', CLIENT_WORDS),
  ClientChange: described(clientChangeBody, 'ClientChange', {
    ...CLIENT_WORDS,
    new_secret: 'Whether to make a new secret. The answer has it.',
    keep_old_secret: 'Whether the new secret replaces the present one, and leaves the old one its end.',
    old_secret_expires_in: 'After how many seconds the old secret ends: 0, or 60 to 2,592,000.',
  }),
  UserCreation: described(userBody, 'UserCreation', USER_MEMBERS),
  UserChange: described(userChangeBody, 'UserChange', USER_MEMBERS),
  UserSearch: described(userSearchBody, 'UserSearch', {
    login_hint: 'A hint as clients send it. Exactly one of the two members.',
    sub: 'The subject.',
  }),
  UserPage: described(userPageBody, 'UserPage', PAGE_WORDS),
  UserCode: described(userCodeBody, 'UserCode', CODE_WORDS),
  LogLevelChange: described(logLevelBody, 'LogLevelChange', {
    level: 'What is logged. `debug` ends by itself.',
    for_seconds: 'For how long, for `debug` alone. Without it an hour.',
  }),
  Enrolment: described(enrolmentBody, 'Enrolment', {
    enrolment: 'A JWT of the type `ciba-enrolment+jwt`, signed by the new key (docs/device-api.md).',
  }),
  DeviceResponse: described(responseBody, 'DeviceResponse', {
    response: 'A JWT of the type `ciba-response+jwt`, signed by the key of the device (docs/device-api.md).',
  }),
  DeviceChange: described(deviceChangeBody, 'DeviceChange', {
    name: 'The name of the device, which the user sees.',
    push_token: 'A new push token of Apple or Google.',
  }),
} as const;

/** The parameters of the query of `GET /admin/users`. */
export const USER_PAGE_QUERY: Properties = Object.fromEntries(
  Object.entries(fromValibot(userPageQuery).properties).map(([name, property]) => {
    const description = Object.entries(PAGE_WORDS).find(([word]) => word === name)?.[1];
    return [name, { ...property, description }];
  }),
);
