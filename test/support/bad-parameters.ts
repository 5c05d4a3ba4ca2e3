// What is wrong with a parameter of /bc-authorize and of the calls about one's own request, and what each parameter
// answers to it. A parameter of /bc-authorize that the provider looks at and that has no row here fails
// test/core/asking/bad-parameters.test.ts.

/** What a call ends with: the error and the internal reason, or that it is accepted. */
export type Verdict = `${string} ${string}` | 'accepted';

/** The client of the calls, and what it sends. All values are percent-encoded. */
export type Sent = { readonly name: string; readonly good: string };

/** What can be wrong with any parameter, and the bytes of the form that are wrong so. */
export const FAULTS = {
  repeated: ({ name, good }: Sent) => `${name}=${good}&${name}=${good}`,
  'repeated under an escaped name': ({ name, good }: Sent) =>
    `${name}=${good}&%${name.charCodeAt(0).toString(16)}${name.slice(1)}=${good}`,
  'with a broken escape': ({ name }: Sent) => `${name}=%zz`,
  'with bytes that are no UTF-8': ({ name }: Sent) => `${name}=%FF`,
  'in overlong UTF-8': ({ name }: Sent) => `${name}=%C0%AF`,
  'with half a surrogate': ({ name }: Sent) => `${name}=%ED%A0%80`,
  empty: ({ name }: Sent) => `${name}=`,
  'without an equals sign': ({ name }: Sent) => name,
  'too long': ({ name }: Sent) => `${name}=${'x'.repeat(20_000)}`,
  'with a NUL': ({ name, good }: Sent) => `${name}=${good}%00`,
  'with a control character': ({ name, good }: Sent) => `${name}=${good}%07`,
  'with a line break': ({ name, good }: Sent) => `${name}=${good}%0D%0Ax`,
  'with a bidirectional override': ({ name, good }: Sent) => `${name}=${good}%E2%80%AE`,
  'as a JSON object': ({ name }: Sent) => `${name}=%7B%22a%22%3A%22b%22%7D`,
  'as a JSON list': ({ name }: Sent) => `${name}=%5B%22a%22%5D`,
  'as deep JSON': ({ name }: Sent) => `${name}=${'%7B%22a%22%3A'.repeat(1000)}1${'%7D'.repeat(1000)}`,
  'as an entry of a list': ({ name, good }: Sent) => `${name}%5B%5D=${good}`,
  'as a member of an object': ({ name, good }: Sent) => `${name}%5Ba%5D=${good}`,
  'in capitals': ({ name, good }: Sent) => `${name.toUpperCase()}=${good}`,
  'with a space before its name': ({ name, good }: Sent) => `+${name}=${good}`,
} as const satisfies Readonly<Record<string, (sent: Sent) => string>>;
export type Fault = keyof typeof FAULTS;

const REPEATED = 'invalid_request repeated_parameter';
const MALFORMED = 'invalid_request malformed_body';
/** What spoils the whole form, in whichever parameter it is. */
const WHOLE = {
  repeated: REPEATED,
  'repeated under an escaped name': REPEATED,
  'with a broken escape': MALFORMED,
  'with bytes that are no UTF-8': MALFORMED,
  'in overlong UTF-8': MALFORMED,
  'with half a surrogate': MALFORMED,
} as const satisfies Partial<Record<Fault, Verdict>>;
/** What means that the parameter is not there: it is empty (RFC 6749 §3.1), or has another name. */
const ABSENT = [
  ...(['empty', 'without an equals sign', 'as an entry of a list', 'as a member of an object'] as const),
  ...(['in capitals', 'with a space before its name'] as const),
];

/** A parameter. `absent` and `wrong` are its verdicts; `but` has the faults that end otherwise. */
type Row = {
  readonly good: string;
  readonly absent: Verdict;
  readonly wrong: Verdict;
  readonly but?: Partial<Record<Fault, Verdict>>;
  /** What else the request has, and lacks, so that this parameter is what is judged. */
  readonly beside?: Readonly<Record<string, string | undefined>>;
};

/** Returns what each fault of a parameter ends with. */
export function verdictsOf({ absent, wrong, but }: Row): Readonly<Record<Fault, Verdict>> {
  const names = Object.keys(FAULTS) as Fault[];
  const usual = (fault: Fault): Verdict => (ABSENT.some((one) => one === fault) ? absent : wrong);
  const all = Object.fromEntries(names.map((fault) => [fault, usual(fault)]));
  return { ...all, ...WHOLE, ...but } as Record<Fault, Verdict>;
}

/** A parameter that is not looked at: whatever is in it is ignored, unless it spoils the form (CIBA §7.2). */
const IGNORED = { absent: 'accepted', wrong: 'accepted' } as const;

/** `request` as the only parameter, of a client that is registered for signed requests. */
export const SIGNED_REQUEST: Row = {
  good: 'a.b.c',
  absent: 'invalid_request openid_scope_missing',
  wrong: 'invalid_request malformed_request_object',
};

/** Every parameter that the provider looks at. */
export const PARAMETERS: Readonly<Record<string, Row>> = {
  scope: {
    good: 'openid',
    absent: 'invalid_request openid_scope_missing',
    wrong: 'invalid_scope scope_malformed',
    but: {
      'too long': 'invalid_request openid_scope_missing',
    },
  },
  login_hint: {
    good: 'ana%40example.com',
    absent: 'invalid_request no_hint',
    wrong: 'invalid_request login_hint_malformed',
  },
  login_hint_token: {
    good: 'a.b.c',
    beside: { login_hint: undefined },
    absent: 'invalid_request no_hint',
    wrong: 'invalid_request login_hint_token_invalid',
  },
  id_token_hint: {
    good: 'a.b.c',
    beside: { login_hint: undefined },
    absent: 'invalid_request no_hint',
    wrong: 'invalid_request id_token_hint_invalid',
  },
  binding_message: {
    good: 'Code+1234',
    absent: 'accepted',
    wrong: 'invalid_binding_message invalid_binding_message',
    // Text that can be shown, although it looks like JSON, or once its line break is a space.
    but: { 'as a JSON object': 'accepted', 'as a JSON list': 'accepted', 'with a line break': 'accepted' },
  },
  requested_expiry: {
    good: '60',
    absent: 'accepted',
    wrong: 'invalid_request invalid_parameter',
  },
  client_notification_token: {
    good: '8d67dc78-7faa-4d41-aabd-67707b374255',
    absent: 'invalid_request missing_parameter',
    wrong: 'invalid_request invalid_parameter',
  },
  audience: {
    good: 'https%3A%2F%2Fapi.example.com',
    absent: 'accepted',
    wrong: 'invalid_target invalid_target',
  },
  resource: {
    good: 'https%3A%2F%2Fapi.example.com',
    absent: 'accepted',
    wrong: 'invalid_target invalid_target',
    // It is the one parameter that may be repeated (RFC 8707 §2).
    but: { repeated: 'accepted', 'repeated under an escaped name': 'accepted' },
  },
  request: {
    good: 'a.b.c',
    absent: 'accepted',
    // The client of the calls is not registered for signed requests.
    wrong: 'invalid_request signed_request_not_registered',
  },
  request_uri: {
    good: 'https%3A%2F%2Fclient.example%2Frequest',
    absent: 'accepted',
    wrong: 'invalid_request request_uri_not_supported',
  },
  authorization_details: {
    good: '%5B%5D',
    absent: 'accepted',
    wrong: 'invalid_authorization_details authorization_details_not_supported',
  },
  client_id: {
    good: 'bank',
    absent: 'accepted',
    wrong: 'invalid_request several_client_authentications',
  },
  client_secret: {
    good: 'wrong',
    absent: 'accepted',
    wrong: 'invalid_request several_client_authentications',
  },
  client_assertion: {
    good: 'a.b.c',
    absent: 'accepted',
    wrong: 'invalid_request several_client_authentications',
  },
  client_assertion_type: {
    good: 'urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer',
    absent: 'accepted',
    wrong: 'invalid_request several_client_authentications',
  },
  acr_values: {
    good: 'urn%3Aexample%3Ahigh',
    absent: 'accepted',
    wrong: 'invalid_request invalid_parameter',
    // A class that nobody knows is ignored, whatever it is called.
    but: { 'as a JSON object': 'accepted', 'as a JSON list': 'accepted' },
  },
  user_code: {
    good: '1234',
    absent: 'accepted',
    wrong: 'invalid_user_code malformed_user_code',
    // Text that a person could have chosen. This one has no code, so it is ignored.
    but: { 'as a JSON object': 'accepted', 'as a JSON list': 'accepted' },
  },
  // One that nobody knows.
  unknown: { good: 'x', ...IGNORED },
};

/** Returns the parameters of a call about one's own request. `unknown` is what an id of no request ends with. */
function ownRequestParameters(unknown: Verdict): Readonly<Record<string, Row>> {
  const shared = ['client_id', 'client_secret', 'client_assertion', 'client_assertion_type', 'unknown'];
  const rows = Object.entries(PARAMETERS).filter(([name]) => shared.includes(name));
  const or = (verdict: Verdict) => (verdict === 'accepted' ? unknown : verdict);
  const adapted = rows.map(([name, row]) => [name, { ...row, absent: or(row.absent), wrong: or(row.wrong) }] as const);
  // In place of this one the tests send the id of an open request, so that a fault that goes unnoticed is seen.
  const authReqId = { good: 'x', absent: 'invalid_request missing_parameter', wrong: unknown } as const;
  return { auth_req_id: authReqId, ...Object.fromEntries(adapted) };
}

/** The calls of a client about one of its requests: what an id of no request ends with, and the parameters. */
export const OWN_REQUEST_CALLS = {
  // It is like a revocation: whatever the id is, the answer is 200 (RFC 7009 §2.2).
  '/bc-authorize/withdraw': { unknown: 'accepted', parameters: ownRequestParameters('accepted') },
  '/bc-authorize/resend': {
    unknown: 'invalid_grant nothing_to_resend',
    parameters: ownRequestParameters('invalid_grant nothing_to_resend'),
  },
  '/bc-authorize/number': {
    unknown: 'invalid_grant number_not_awaited',
    parameters: {
      ...ownRequestParameters('invalid_grant number_not_awaited'),
      number: {
        good: '42',
        absent: 'invalid_request missing_parameter',
        wrong: 'invalid_request invalid_parameter',
      },
    },
  },
} as const satisfies Readonly<
  Record<string, { readonly unknown: Verdict; readonly parameters: Readonly<Record<string, Row>> }>
>;
