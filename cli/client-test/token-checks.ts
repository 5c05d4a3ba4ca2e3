import { STANDARD_SCOPES } from '../../provider/core/asking/scope.ts';
import { CIBA_GRANT } from '../../provider/core/token/grant-types.ts';
import { plainLine } from '../command-line/text-layout.ts';
import type { Finding } from '../doctor/check.ts';
import { advertised, type ClientCheck } from './subject.ts';

const SEE = 'docs/admin-api.md#clients';

/** Checks that the client may ask for tokens. */
export const grants: ClientCheck = {
  name: 'Grants',
  run({ client }): Finding {
    const own = client.grant_types ?? [CIBA_GRANT];
    if (own.includes(CIBA_GRANT)) return { state: 'good', says: own.join(', ') };
    return {
      state: 'broken',
      says: 'It may not ask users: the grant of CIBA is missing.',
      todo: `ciba client update ${client.client_id} --grant-type ${CIBA_GRANT}`,
      see: SEE,
    };
  },
};

/** Checks that the provider signs, today, with the algorithms that the client asked for. */
export const algorithms: ClientCheck = {
  name: 'Algorithms',
  run(subject): Finding {
    const { client, signingAlgorithms } = subject;
    const idToken = client.id_token_signed_response_alg ?? 'RS256';
    const accessToken = client.access_token_signed_response_alg ?? 'RS256';
    const offered = advertised(subject, 'id_token_signing_alg_values_supported');
    const missing = [...new Set([idToken, accessToken])].filter(
      (algorithm) => !offered.includes(algorithm) || !signingAlgorithms.includes(algorithm),
    );
    if (missing.length > 0) {
      const says = `The provider publishes no key for ${missing.join(', ')}: the tokens cannot be signed.`;
      return {
        state: 'broken',
        says,
        todo: 'Run ciba doctor, which checks the signing keys.',
        see: 'docs/operations.md',
      };
    }
    const says = `ID tokens ${idToken}, access tokens ${accessToken}.`;
    const apis = accessToken === 'RS256' ? '' : " API Gateway's JWT authorizers refuse such access tokens.";
    return { state: 'good', says: says + apis };
  },
};

/** Checks that each scope has words for the phone, and that no words are for a scope that the client does not have. */
export const scopes: ClientCheck = {
  name: 'Scopes',
  run({ client }): Finding {
    const own = (client.scope ?? 'openid').split(' ');
    const described = Object.keys(client.scope_descriptions ?? {});
    const surplus = described.filter((scope) => !own.includes(scope));
    const mute = own.filter((scope) => !STANDARD_SCOPES.includes(scope) && !described.includes(scope));
    const todo = `ciba client update ${client.client_id} --scope-description "SCOPE=TEXT" …`;
    if (surplus.length > 0) {
      const says = `There are words for ${plainLine(surplus.join(', '))}, but the client may not have that scope.`;
      return { state: 'warning', says, todo, see: SEE };
    }
    if (mute.length > 0) {
      const says = `No words for ${plainLine(mute.join(', '))}: the phone shows the bare name to the user.`;
      return { state: 'warning', says, todo, see: SEE };
    }
    return { state: 'good', says: plainLine(own.join(' ')) };
  },
};

/** Checks for which APIs the access tokens are, and that no other API has the same name. */
export const audiences: ClientCheck = {
  name: 'Audiences',
  run({ client }): Finding {
    const own = client.audiences ?? [];
    if (own.length === 0) return { state: 'good', says: 'None: access tokens are for the provider itself.' };
    const words = own.filter((audience) => !URL.canParse(audience));
    if (words.length > 0) {
      const says = `${plainLine(words.join(', '))}: no URI, so another API may have the same name.`;
      return { state: 'warning', says, todo: 'Use the address of the API as its audience.', see: SEE };
    }
    const { default_audience: usual } = client;
    const without = usual === undefined ? 'without one, they are for the provider itself' : `without one, ${usual}`;
    return { state: 'good', says: plainLine(`${own.join(', ')}; ${without}.`) };
  },
};

/** Says which limits count, and checks that the only user of the client is there. */
export const users: ClientCheck = {
  name: 'Users',
  async run({ client, api }): Promise<Finding> {
    const { requests_per_minute: most, only_sub: sub } = client;
    const limit =
      most === undefined ? 'as many requests a minute as the deployment lets each client' : `${most} requests a minute`;
    if (sub === undefined) return { state: 'good', says: `It may ask any user, with ${limit}.` };
    const found = await api.find('GET /admin/users/{sub}', { parameters: { sub } });
    const named = plainLine(sub);
    if (!found) {
      const says = `It may ask the user ${named} alone, who does not exist: every request is refused.`;
      return { state: 'broken', says, todo: 'Create the user, or change --only-sub of the client.', see: SEE };
    }
    if (found.body.blocked) {
      const says = `It may ask the user ${named} alone, who is blocked: every request is refused.`;
      return { state: 'broken', says, todo: `ciba user unblock ${named}`, see: 'docs/admin-api.md#users' };
    }
    return { state: 'good', says: `It may ask the user ${named} alone, with ${limit}.` };
  },
};
