import type { functions } from '../../infra/functions/deployed-functions.ts';
import type { ClientView } from '../../provider/core/client/client-view.ts';
import type { DeviceView } from '../../provider/core/device/device.ts';
import type { OpenTicketView } from '../../provider/core/device/enrolment-ticket.ts';
import type { ClientBlockView } from '../../provider/core/person/client-block.ts';
import type { ShownUserView, UserView } from '../../provider/core/person/profile.ts';
import type { TicketView } from '../../provider/flows/device/manage-tickets.ts';
import type { LogLevelView } from '../../provider/flows/operating/manage-log-level.ts';
import type { EvidenceKeysView, UserExport } from '../../provider/flows/person/export-user.ts';
import type { AskedRequests } from '../../provider/flows/person/list-asked-requests.ts';
import type { ListedUserView } from '../../provider/flows/person/list-users.ts';
import { Refused, WrongUsage } from '../command-line/failure.ts';
import type { Deployment } from './deployment.ts';
import { withId, withTakenValue } from './next-step.ts';
import { jsonFromProvider } from './provider-call.ts';
import { type Authorize, signatureFor, withoutSignature } from './request-signature.ts';

/** The routes of the admin API, from `lambdas/admin/function.ts`. */
export type AdminRoute = (typeof functions)['admin']['routes'][number];
/** A page of the list of users. */
export type UsersPage = { readonly users: readonly ListedUserView[]; readonly next?: string };
type Answers = {
  'POST /admin/clients': ClientView;
  'GET /admin/clients': { readonly clients: readonly ClientView[]; readonly next?: string };
  'GET /admin/clients/{client_id}': ClientView;
  'PATCH /admin/clients/{client_id}': ClientView;
  'POST /admin/users': UserView;
  'GET /admin/users': UsersPage;
  'POST /admin/users/list': UsersPage;
  'POST /admin/users/search': ShownUserView;
  'GET /admin/users/{sub}': ShownUserView;
  'PATCH /admin/users/{sub}': UserView;
  'GET /admin/users/{sub}/requests': AskedRequests;
  'GET /admin/users/{sub}/export': UserExport;
  'GET /admin/users/{sub}/evidence-keys': EvidenceKeysView;
  'POST /admin/users/{sub}/tickets': TicketView;
  'GET /admin/users/{sub}/tickets': { readonly tickets: readonly OpenTicketView[] };
  'GET /admin/log-level': LogLevelView;
  'PUT /admin/log-level': LogLevelView;
  'GET /admin/users/{sub}/blocks': { readonly blocks: readonly ClientBlockView[] };
  'GET /admin/users/{sub}/devices': { readonly devices: readonly DeviceView[] };
};
type AnswerOf<Route> = Route extends keyof Answers ? Answers[Route] : unknown;
type ParameterOf<Route extends string> = Route extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParameterOf<Rest>
  : never;
/** What a call sends: the path parameters of its route, the query and the JSON body. */
export type Call<Route extends string> = {
  readonly parameters: Readonly<Record<ParameterOf<Route>, string>>;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
};
/** An answer's JSON unchanged (empty if there is none), and parsed. */
export type Answer<Body> = { readonly json: string; readonly body: Body };

/** The admin API of one deployment (docs/admin-api.md). */
export class AdminApi {
  readonly #deployment: Deployment;
  readonly #authorize: Authorize;

  constructor(deployment: Deployment, authorize?: Authorize) {
    this.#deployment = deployment;
    this.#authorize = authorize ?? (deployment.isLocal ? withoutSignature : signatureFor(deployment));
  }

  /** Calls a route. Throws Refused, with the API's own message, if the API refuses the call. */
  async call<Route extends AdminRoute>(route: Route, call: Call<Route>): Promise<Answer<AnswerOf<Route>>> {
    const [method = '', template = ''] = route.split(' ');
    const url = new URL(fillIn(template, call.parameters) + queryOf(call.query), this.#deployment.origin);
    const body = call.body === undefined ? undefined : JSON.stringify(call.body);
    const headers = {
      accept: 'application/json',
      ...(body !== undefined && { 'content-type': 'application/json' }),
    };
    const { host: _host, ...authorized } = await this.#authorize({ method, url, headers, body });
    const init = { method, headers: authorized, ...(body !== undefined && { body }) };
    const json = await jsonFromProvider(this.#deployment, url, init).catch((error: unknown) => {
      throw withTakenValue(withId(error, call.parameters), call.body);
    });
    // Both sides take the answer's type from the same flow. Members that a later version adds do no harm.
    return { json, body: (json === '' ? undefined : JSON.parse(json)) as AnswerOf<Route> };
  }

  /** Calls a route like `call`, but returns undefined if the thing does not exist. */
  async find<Route extends AdminRoute>(route: Route, call: Call<Route>): Promise<Answer<AnswerOf<Route>> | undefined> {
    return this.call(route, call).catch((error: unknown) => {
      if (error instanceof Refused && error.code === 'not_found') return undefined;
      throw error;
    });
  }
}

function fillIn(template: string, parameters: Readonly<Record<string, string>>): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = parameters[name] ?? '';
    // URL parsing removes these segments, and the call would reach another route: instead of a device it would delete
    // the device's user.
    if (value === '' || value === '.' || value === '..') throw new WrongUsage(`${name} can't be "${value}"`);
    return encoded(value);
  });
}

function queryOf(query: Readonly<Record<string, string | undefined>> = {}): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined);
  return pairs.length === 0 ? '' : `?${pairs.map(([name, value]) => `${name}=${encoded(value ?? '')}`).join('&')}`;
}

/** Encodes all but unreserved characters (RFC 3986 §2.3), as SigV4 does, so that the signed request is the one sent. */
function encoded(value: string): string {
  return encodeURIComponent(value).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
