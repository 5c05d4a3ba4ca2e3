import { expectTypeOf, it } from 'vitest';
import type { FactsForm } from '../../provider/adapters/dynamodb/forms/request-form.ts';
import type { Asked } from '../../provider/core/asking/asked.ts';
import type { RequestFacts } from '../../provider/core/deciding/authentication-request.ts';
import type { DetailsDocument, RequestDetails } from '../../provider/core/deciding/shown-details.ts';
import { loggable, type RequestLine } from '../../provider/core/operating/log-line.ts';
import type { SnakeCase } from '../../provider/core/snake-case.ts';
import type { Grant } from '../../provider/core/token/grant.ts';
import type { Nothing, Told, Whole } from '../../provider/core/whole.ts';
import { choice, count, object, text } from '../support/openapi/schema.ts';

// What must go together fails to compile apart. `npm run types` runs these tests: each adds a member, and where it
// would be forgotten the compiler must complain. Client metadata: test/core/client/metadata.test.ts.

const FACTS: FactsForm = {
  client_id: 'bank',
  registration_id: 'registration-1',
  sub: 'user-1',
  profile_id: 'profile-1',
  issued_at: 1,
  expires_at: 2,
  interval_seconds: 5,
  next_poll_at: 0,
  denied_from: undefined,
  is_concealed: undefined,
  number_matching: undefined,
  wrong_numbers: undefined,
  attempts: undefined,
};
const DOCUMENT: Whole<DetailsDocument> = {
  issuer: 'https://op.example/',
  client_id: 'bank',
  client_name: 'Example Bank',
  sub: 'user-1',
  request_id: 'request-1',
  expires_at: 2,
  binding_message: undefined,
  scopes: [],
  audience: [],
  acr_values: undefined,
};

it('a fact of a request that is not stored does not compile', () => {
  type Wider = RequestFacts & { readonly acrValues: readonly string[] };
  // @ts-expect-error: acr_values is not stored
  const forgotten: FactsForm<Wider> = { ...FACTS };
  const stored: FactsForm<Wider> = { ...FACTS, acr_values: [] };
  expectTypeOf([forgotten, stored]).toEqualTypeOf<FactsForm<Wider>[]>();
});

it('a detail that the phone is not shown does not compile, be it optional', () => {
  type Wider = RequestDetails & { readonly requiredAcr?: string };
  // @ts-expect-error: required_acr is not shown
  const forgotten: Whole<DetailsDocument<Wider>> = { ...DOCUMENT };
  const shown: Whole<DetailsDocument<Wider>> = { ...DOCUMENT, required_acr: 'urn:high' };
  expectTypeOf([forgotten, shown]).toEqualTypeOf<Whole<DetailsDocument<Wider>>[]>();
});

it('what is asked of the user is shown to them, and granted when they approve, but how they had to be verified', () => {
  expectTypeOf<Exclude<keyof Asked, keyof RequestDetails>>().toEqualTypeOf<never>();
  expectTypeOf<Exclude<keyof Asked, keyof Grant | 'acrValues'>>().toEqualTypeOf<never>();
});

it('a member that came later, and that stored JSON may lack, does not compile unless it is optional', () => {
  type Stored = { readonly clientId: string };
  const stored: Stored = JSON.parse('{"clientId":"bank"}');
  const optional: Stored & { readonly acrValues?: readonly string[] } = stored;
  // @ts-expect-error: what was stored before has no acrValues
  const required: Stored & { readonly acrValues: readonly string[] } = stored;
  expectTypeOf([optional, required]).not.toBeNever();
});

it('a parameter that is read and not asked for, and a member of a grant that is not in the token, do not compile', () => {
  const { clientId, ...others } = { clientId: 'bank', ...({} as { readonly acrValues?: readonly string[] }) };
  // @ts-expect-error: acrValues is left
  others satisfies Nothing;
  expectTypeOf(clientId).toBeString();
});

it('a stored attribute of which a person is neither told nor expressly not told does not compile', () => {
  type Kept = { readonly name: string; readonly push?: string };
  type Form = { readonly name: string } | { readonly name: string; readonly push: string };
  const { pk, ...told } = { pk: 'USER#ana', ...({ name: 'Ana' } as Form) };
  told satisfies Told<typeof told, Kept>;
  const { pk: _pk, ...wider } = { pk, ...({ name: 'Ana' } as Form | { readonly name: string; readonly hash: string }) };
  // @ts-expect-error: hash is left
  wider satisfies Told<typeof wider, Kept>;
  expectTypeOf(pk).toBeString();
});

it('a field of a log line that is not named does not compile', () => {
  const line: RequestLine = { route: 'POST /token', status: 200, duration_ms: 1, correlation_id: 'c' };
  // @ts-expect-error: no such field
  loggable({ ...line, access_token: 's3cret' });
  type Wider = RequestLine & { readonly tenant?: string };
  // @ts-expect-error: tenant is not picked
  const forgotten: Whole<Wider> = loggable(line);
  expectTypeOf(forgotten).toEqualTypeOf<Whole<Wider>>();
});

it('wire names follow from the names in code', () => {
  expectTypeOf<SnakeCase<'requestId'>>().toEqualTypeOf<'request_id'>();
  expectTypeOf<SnakeCase<'sub'>>().toEqualTypeOf<'sub'>();
  expectTypeOf<SnakeCase<'nextPollAt'>>().toEqualTypeOf<'next_poll_at'>();
});

it('an answer that docs/openapi.json does not describe, or describes otherwise, does not compile', () => {
  type Answer = { readonly sub: string; readonly devices?: number; readonly level: 'info' | 'debug' };
  const level = choice(['info', 'debug'], 'A level.');
  const whole = { sub: text('A subject.'), 'devices?': count('How many.'), level } as const;
  object<Answer>(whole);
  // @ts-expect-error a member is missing
  object<Answer>({ sub: whole.sub, level });
  // @ts-expect-error a member is described that there is not
  object<Answer>({ ...whole, name: text('A name.') });
  // @ts-expect-error a member may be absent, and the description says that it is always there
  object<Answer>({ sub: whole.sub, devices: count('How many.'), level });
  // @ts-expect-error a member is described as of another type
  object<Answer>({ ...whole, sub: count('A number.') });
  // @ts-expect-error a choice is missing
  object<Answer>({ ...whole, level: choice(['info'], 'A level.') });
  expectTypeOf(object<Answer>)
    .parameter(0)
    .toHaveProperty('devices?');
});
