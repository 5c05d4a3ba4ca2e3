import { MemberChanges, shapeOf } from './changed-members.ts';
import type { Recorded } from './traffic.ts';
import { type ApiValidator, typeOf } from './validation.ts';

// Holds what a run of the tests recorded to the document. A call that succeeded must be one that the document describes,
// and so must every answer. Tests also send what is wrong on purpose: that is answered by an error, which is described.

/**
 * Parameters that tests send to show that a route ignores what it does not know (RFC 6749 §3.1): words that mean nothing,
 * misspelt names, claims of tokens, what Auth0 has, and parameters of other routes. They count as ignored only where the
 * document does not have them. Any other name that it does not have is a fault of the document.
 */
const MEANINGLESS = /^(unknown|zq)|\[|^ |^[A-Z_]+$/;
const IGNORED: readonly string[] = [
  ...['iss', 'sub', 'aud', 'exp', 'iat', 'nbf', 'jti', 'auth_time', 'acr', 'amr', 'azp', 'nonce', 'at_hash', 'txn'],
  ...['cnf', 'act', 'may_act', 'username', 'name', 'email', 'email_verified', 'roles', 'groups', 'claims'],
  ...['request_expiry', 'subjectIssuerContext', 'client_id', 'number'],
  ...['scope', 'login_hint', 'binding_message', 'grant_type', 'resource', 'acr_values', 'after'],
];

/**
 * Places whose members the document leaves open, each with its reason. Anything may be added there, so no validator can
 * refuse it.
 */
const OPEN: Readonly<Record<string, string>> = {
  'jwks.keys.[]': 'a client may send keys with more members (RFC 7517 §4), which are not kept',
  'login_hint_token_issuers.[].jwks.keys.[]': 'the same',
  scope_descriptions: 'its members are named by scopes',
  'rate_windows.[].minutes': 'its members are named by instants',
  'requests.[].details': 'the document that the phone showed, as it was frozen, has an API of its own',
};

/** What became of the calls. */
export type Verdict = {
  readonly calls: number;
  readonly routes: ReadonlySet<string>;
  /** The routes with the error codes that were answered, as `POST /token 400 slow_down`. */
  readonly refusals: ReadonlySet<string>;
  /** How many bodies differed in their members or their types. */
  readonly shapes: number;
  /** How many changed bodies were refused. */
  readonly refused: number;
  readonly wrong: readonly string[];
};

/** Judges recorded calls one after the other. */
export class TrafficJudge {
  readonly #validator: ApiValidator;
  readonly #wrong = new Map<string, number>();
  readonly #shapes = new Set<string>();
  readonly #routes = new Set<string>();
  readonly #refusals = new Set<string>();
  #calls = 0;
  #refused = 0;

  constructor(validator: ApiValidator) {
    this.#validator = validator;
  }

  get verdict(): Verdict {
    const wrong = [...this.#wrong].map(([what, times]) => (times === 1 ? what : `${what} (${times} times)`));
    const seen = { routes: this.#routes, refusals: this.#refusals };
    return { calls: this.#calls, ...seen, shapes: this.#shapes.size, refused: this.#refused, wrong };
  }

  judge(recorded: Recorded): void {
    this.#calls += 1;
    const hasSucceeded = recorded.status < 300;
    const call = hasSucceeded ? withoutIgnored(recorded, this.#validator) : recorded;
    const errors = [
      ...(hasSucceeded ? this.#validator.requestErrors(call).map((error) => `the call: ${error}`) : []),
      ...this.#validator.answerErrors(call).map((error) => `the answer: ${error}`),
    ];
    if (hasSucceeded) this.#routes.add(call.routeKey);
    else this.#refusals.add(`${call.routeKey} ${call.status} ${errorCodeOf(call)}`);
    for (const error of errors) this.#note(call, error);
    if (errors.length > 0) return;
    if (hasSucceeded) this.#change(call, 'request');
    this.#change(call, 'answer');
  }

  /** Changes each member of a body, once for each shape of bodies. The document must refuse every changed one. */
  #change(call: Recorded, what: 'request' | 'answer'): void {
    const body = this.#validator.bodyOf(call, what);
    if (!body) return;
    const type = what === 'request' ? typeOf(call) : call.status;
    const shape = `${call.routeKey} ${type} ${shapeOf(body.value)}`;
    if (this.#shapes.has(shape)) return;
    this.#shapes.add(shape);
    const onOpen = (place: string) => {
      if (!(place.replace(/^clients\.\[\]\./, '') in OPEN))
        this.#note(call, `${what}: ${place} is open without a reason`);
    };
    const changes = new MemberChanges(this.#validator, body.value, onOpen);
    for (const { what: change, value } of changes.of(body.value, { path: [], at: body.at })) {
      if (this.#validator.errorsAt(body.at, value).length > 0) this.#refused += 1;
      else this.#note(call, `${what} ${change}: the document lets it pass`);
    }
  }

  #note({ routeKey, status }: Recorded, what: string): void {
    const line = `${routeKey} ${status}: ${what}`;
    this.#wrong.set(line, (this.#wrong.get(line) ?? 0) + 1);
  }
}

function errorCodeOf({ answer = '{}' }: Recorded): string {
  const body: Readonly<Record<string, unknown>> = JSON.parse(answer);
  return String(body['error'] ?? 'without a code');
}

/** Returns a call without the parameters that the provider ignores, and without empty ones, which count as absent. */
export function withoutIgnored(call: Recorded, validator: ApiValidator): Recorded {
  const { form, query } = validator.parametersOf(call);
  const isKept = (known: ReadonlySet<string>, name: string) =>
    known.has(name) || !(MEANINGLESS.test(name) || IGNORED.includes(name));
  const [path = '', given = ''] = call.target.split('?');
  const asked = new URLSearchParams([...new URLSearchParams(given)].filter(([name]) => isKept(query, name)));
  const target = asked.size > 0 ? `${path}?${asked}` : path;
  if (!form) return { ...call, target };
  const text = Buffer.from(call.body, 'latin1').toString('utf8');
  const body =
    typeOf(call) === 'application/json'
      ? JSON.stringify(membersOf(text, (name, value) => isKept(form, name) && value !== null && value !== ''))
      : String(
          new URLSearchParams(
            [...new URLSearchParams(text)].filter(([name, value]) => isKept(form, name) && value !== ''),
          ),
        );
  return { ...call, target, body: Buffer.from(body, 'utf8').toString('latin1') };
}

function membersOf(json: string, isKept: (name: string, value: unknown) => boolean): object {
  return Object.fromEntries(Object.entries<unknown>(JSON.parse(json)).filter(([name, value]) => isKept(name, value)));
}
