import { Lazy, Stack } from 'aws-cdk-lib';
import type { HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { Grant, type IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { functions } from '../functions/deployed-functions.ts';

/** The admin API's routes begin so. */
const ADMIN_PATHS = '/admin/*';
const PATH_PARAMETER = /\{\w+\}/g;

/** A route of the admin API, such as `POST /admin/users/{sub}/tickets`. docs/admin-api.md describes each. */
export type AdminRoute = (typeof functions.admin.routes)[number];

/** The identities that may call the admin API, beside what IAM allows them. */
export class Operators {
  /** Undefined if everybody may whom IAM allows it. */
  readonly #named: string[] | undefined;

  constructor(named: readonly string[] | undefined) {
    this.#named = named && [...named];
  }

  /** The value of the variable `OPERATORS`, which is read when the app is synthesised. */
  get variable(): string | undefined {
    return this.#named && Lazy.string({ produce: () => JSON.stringify(this.#named) });
  }

  /** Lets a principal call these routes, or the whole admin API: in IAM, and where the provider keeps a list, there too. */
  admit(stage: HttpStage, grantee: IGrantable, routes: readonly AdminRoute[] | undefined): Grant {
    const resourceArns = (routes === undefined ? wholeApi() : checked(routes)).map((route) => arnOf(stage, route));
    const grant = Grant.addToPrincipal({ grantee, actions: ['execute-api:Invoke'], resourceArns });
    grant.assertSuccess();
    this.#named?.push(identityOf(stage, grantee));
    return grant;
  }
}

/** Returns a route for each method. A wildcard stands for what follows `/admin/`. */
function wholeApi(): string[] {
  const methods = new Set(functions.admin.routes.map((route) => route.split(' ')[0] ?? ''));
  return [...methods].map((method) => `${method} ${ADMIN_PATHS}`);
}

/**
 * Checks routes that are granted. An app in JavaScript may name one that does not exist, and would see 403. And no route
 * may bring others along that nobody named: the export of a person with `GET /admin/users/{sub}`, for one.
 */
function checked(routes: readonly AdminRoute[]): readonly AdminRoute[] {
  for (const route of routes) {
    if (!functions.admin.routes.includes(route)) throw new Error(`the admin API has no route ${route}`);
    const unnamed = coveredBy(route).filter((other) => !routes.includes(other));
    if (unnamed.length > 0)
      throw new Error(`IAM grants ${route} only together with ${unnamed.join(', ')}: name them in grantAdmin, too`);
  }
  return routes;
}

/** Returns the other routes that the ARN of a route covers, because a wildcard of IAM stands for slashes as well. */
function coveredBy(route: AdminRoute): readonly AdminRoute[] {
  const pattern = new RegExp(`^${route.replaceAll(PATH_PARAMETER, '.+')}$`);
  return functions.admin.routes.filter((other) => other !== route && pattern.test(other));
}

function arnOf(stage: HttpStage, route: string): string {
  const resourceName = `${stage.stageName}/${route.replace(' ', '').replaceAll(PATH_PARAMETER, '*')}`;
  return Stack.of(stage).formatArn({ service: 'execute-api', resource: stage.api.apiId, resourceName });
}

/** Returns the ARN by which API Gateway names a caller: of a user, or of the sessions of a role. */
function identityOf(scope: Construct, { grantPrincipal }: IGrantable): string {
  const { principalAccount: account } = grantPrincipal;
  if ('userArn' in grantPrincipal) return String(grantPrincipal.userArn);
  if (!('roleName' in grantPrincipal))
    throw new Error(`${scope.node.path}: grantAdmin takes a role or a user, because "operators" names each of them`);
  return Stack.of(scope).formatArn({
    service: 'sts',
    region: '',
    ...(account !== undefined && { account }),
    resource: 'assumed-role',
    resourceName: `${String(grantPrincipal.roleName)}/*`,
  });
}
