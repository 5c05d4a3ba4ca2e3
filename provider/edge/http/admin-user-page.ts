import * as v from 'valibot';
import { ok, type Result, refuse } from '../../core/result.ts';
import type { UserPage } from '../../flows/person/list-users.ts';
import { ID_LIMIT, PAGE_SIZE, SEARCH_BY_BODY } from './admin-call.ts';
import { checkMembers } from './json-body.ts';

/** The most users on a page. A user is about a kilobyte of JSON, and a function may answer six megabytes. */
const MOST_USERS = 200;

const text = v.optional(v.pipe(v.string(), v.maxLength(ID_LIMIT)));
const wholeNumber = (least: number, most: number) =>
  v.optional(v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most)));

/** The members that name nobody. */
const ANONYMOUS = {
  limit: wholeNumber(1, MOST_USERS),
  after: text,
  blocked: v.optional(v.boolean()),
  has_device: v.optional(v.boolean()),
  created_after: wholeNumber(0, Number.MAX_SAFE_INTEGER),
};
/** The members that are about names of people. Queries are in the logs of proxies, so a body alone has them. */
const NAMING = { sub_prefix: text, email_prefix: text, phone_number_prefix: text, preferred_username_prefix: text };
const BODY_ONLY = Object.keys(NAMING);
const IN_BODY = 'in the body of POST /admin/users/list';

export const userPageQuery = v.strictObject(ANONYMOUS);
/** POST /admin/users/list: the parameters of `GET /admin/users`, and how identifiers begin. */
export const userPageBody = v.strictObject({ ...ANONYMOUS, ...NAMING });

/** Returns the page that a body asks for. */
export function userPageFrom(body: v.InferOutput<typeof userPageBody>): UserPage {
  return {
    after: body.after,
    limit: body.limit ?? PAGE_SIZE,
    filter: {
      isBlocked: body.blocked,
      hasDevice: body.has_device,
      createdAfter: body.created_after,
      subPrefix: body.sub_prefix,
      emailPrefix: body.email_prefix,
      phoneNumberPrefix: body.phone_number_prefix,
      usernamePrefix: body.preferred_username_prefix,
    },
  };
}

/** The same for the query of `GET /admin/users`. */
export function userPageFromQuery(query: URLSearchParams): Result<UserPage> {
  if (query.has('login_hint')) return SEARCH_BY_BODY;
  const given = new Map<string, unknown>();
  for (const [name, value] of query) {
    if (BODY_ONLY.includes(name)) return refuse({ reason: 'invalid_parameter', name, expected: IN_BODY });
    if (Object.hasOwn(ANONYMOUS, name) && given.has(name)) return refuse({ reason: 'repeated_parameter', name });
    // A subject may be a number or the word "true".
    given.set(name, name === 'after' ? value : readValue(value));
  }
  const page = checkMembers(Object.fromEntries(given), userPageQuery);
  return page.ok ? ok(userPageFrom(page.value)) : page;
}

/** Reads a flag or a number. It is no JSON, which has no zeros in front. */
function readValue(text: string): unknown {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  return text === 'true' || text === 'false' ? text === 'true' : text;
}
