import type { BackchannelAuthenticationResponse, Configuration, TokenEndpointResponse } from 'openid-client';
import { requestIdOf, txnOf } from '../../provider/core/digest.ts';
import { CIBA_GRANT } from '../../provider/core/token/grant-types.ts';
import { Refused } from '../command-line/failure.ts';
import type { Say } from '../command-line/steps.ts';
import { systemCodeOf } from '../command-line/system-error.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { noAnswer } from '../deployment/provider-answer.ts';
import { adviceFor, type ErrorAnswer } from './advice.ts';
import { authenticationOf, type Credential } from './credential.ts';
import { type Endpoint, EndpointWait } from './endpoint-wait.ts';
import { endOnInterrupt } from './interruption.ts';
import { notVerified } from './not-verified.ts';
import { ObservedCalls } from './observed-calls.ts';
import type { Outcome, OutcomeName } from './outcome.ts';
import { PushedError } from './pushed-error.ts';
import { type RequestParts, requestForm } from './request-form.ts';
import { checkedTokens, type IssuedTokens } from './tokens.ts';
import { readTypedLines } from './typed-lines.ts';
import { withdraw } from './withdrawal.ts';

/** Whom to ask, for whom, and how. */
export type Question = RequestParts & {
  readonly deployment: Deployment;
  readonly credential: Credential;
  /** Where the client hears of the answer. Without it, the client polls. */
  readonly endpoint?: Endpoint;
  /** Whether the user types the number that the phone shows. */
  readonly entersNumbers?: boolean;
  /** Whether somebody at the keyboard may have the phones rung again. */
  readonly isAtKeyboard?: boolean;
  /** Whether the outcome has the tokens themselves. */
  readonly showTokens: boolean;
};
/** What is known of a login so far. */
type Known = Omit<Outcome, 'outcome' | 'tokens' | 'refusal'>;
type Ended = Pick<Outcome, 'outcome' | 'tokens' | 'refusal'>;

/** Asks a user and waits for the answer, as a client does. Throws Refused if the provider does not answer at all. */
export async function ask(question: Question, say: Say): Promise<Outcome> {
  const run = new AskingRun(question, say);
  const stopListening = endOnInterrupt(run);
  try {
    await run.discover();
    const ended = await run.askAndWait();
    return { ...ended, ...run.known };
  } finally {
    stopListening();
  }
}

class AskingRun {
  known: Known;
  readonly #question: Question;
  readonly #say: Say;
  readonly #calls: ObservedCalls;
  #config: Configuration | undefined;
  #authReqId: string | undefined;
  /** The push that brought the tokens. */
  #pushed: { readonly authReqId: string; answer(status: number): void } | undefined;

  constructor(question: Question, say: Say) {
    const { deployment, clientId, hint } = question;
    const issuer = `${deployment.origin}/`;
    const named = hint.parameter === 'login_hint' ? { login_hint: hint.value } : {};
    this.known = { issuer, client_id: clientId, ...named, delivery: 'poll', polls: 0 };
    this.#question = question;
    this.#say = say;
    this.#calls = new ObservedCalls((url, error) => this.#observe(url, error));
  }

  async discover(): Promise<void> {
    const { deployment, clientId, credential } = this.#question;
    const openid = await import('openid-client');
    const local = deployment.isLocal ? [openid.allowInsecureRequests] : [];
    const options = {
      [openid.customFetch]: this.#calls.fetch,
      execute: [...local, openid.enableNonRepudiationChecks],
    };
    const authentication = await authenticationOf(credential);
    this.#config = await openid
      .discovery(new URL(this.known.issuer), clientId, {}, authentication, options)
      .catch((error: unknown) => {
        if (error instanceof TypeError || this.#calls.lastError === undefined) throw noAnswer(error, deployment);
        const { status } = this.#calls.lastError;
        throw new Refused(
          `${deployment.origin} answered ${status} to the discovery of a provider.`,
          'Check --url, or the context.',
        );
      });
    this.#say(`1. Discovered ${this.known.issuer}`);
  }

  async askAndWait(): Promise<Ended> {
    const begun = await this.#ask().then(
      (asked) => ({ asked }),
      (error: unknown) => this.#notAsked(error),
    );
    if ('outcome' in begun) return begun;
    const { asked } = begun;
    const endsAt = performance.now() + asked.expires_in * 1000;
    const { credential, entersNumbers = false, isAtKeyboard = false } = this.#question;
    const request = { authReqId: asked.auth_req_id, config: this.#discovered, credential };
    const stopReading = entersNumbers || isAtKeyboard ? readTypedLines(request, entersNumbers, this.#say) : undefined;
    const answered = await this.#wait(asked)
      .then(
        (tokens) => ({ tokens }),
        (error: unknown) => this.#noTokens(error, endsAt),
      )
      .finally(stopReading);
    if ('outcome' in answered) return answered;
    this.#say('4. The user approved, and the tokens are here.');
    return this.#check(answered.tokens);
  }

  async #ask(): Promise<BackchannelAuthenticationResponse> {
    const form = await requestForm(this.#question, this.#discovered.serverMetadata());
    const { initiateBackchannelAuthentication } = await import('openid-client');
    const asked = await initiateBackchannelAuthentication(this.#discovered, { ...form });
    this.#authReqId = asked.auth_req_id;
    const request_id = requestIdOf(asked.auth_req_id);
    const { expires_in, interval } = asked;
    this.known = { ...this.known, request_id, txn: txnOf(request_id), expires_in, interval };
    this.#say(
      `2. Asked ${this.#question.hint.shown}, who has ${expires_in} s to answer on a phone (txn ${txnOf(request_id)})`,
    );
    const { number } = asked;
    if (typeof number === 'string' && /^[0-9]{2}$/.test(number))
      this.#say(`   The user types this number on the phone: ${number}`);
    return asked;
  }

  /** Takes the request back. False if the provider does not say that it is. */
  async withdraw(): Promise<boolean> {
    const id = this.#authReqId;
    return id !== undefined && withdraw(this.#config, this.#question.credential, id);
  }

  async #wait(asked: BackchannelAuthenticationResponse): Promise<IssuedTokens> {
    const { pollBackchannelAuthenticationGrant } = await import('openid-client');
    if (this.#question.endpoint) return this.#waitAtEndpoint(asked, this.#question.endpoint);
    this.#say(`3. Waiting for the answer: polling every ${this.known.interval ?? 5} s`);
    return pollBackchannelAuthenticationGrant(this.#discovered, asked);
  }

  async #waitAtEndpoint(asked: BackchannelAuthenticationResponse, endpoint: Endpoint): Promise<IssuedTokens> {
    const wait = new EndpointWait({
      clientId: this.#question.clientId,
      endpoint,
      say: this.#say,
      fetchTokens: (id) => this.#fetchTokens(id),
      lastError: () => this.#calls.lastError,
    });
    return wait.tokens(asked).finally(() => {
      this.known = { ...this.known, delivery: wait.delivery };
      if (wait.push) this.#pushed = { authReqId: asked.auth_req_id, answer: wait.push.answer };
    });
  }

  async #fetchTokens(id: string): Promise<TokenEndpointResponse> {
    const { genericGrantRequest } = await import('openid-client');
    return genericGrantRequest(this.#discovered, CIBA_GRANT, { auth_req_id: id });
  }

  /** Checks the tokens. A push is answered after that: one whose tokens do not hold is refused (CIBA §10.3.1). */
  async #check(tokens: IssuedTokens): Promise<Ended> {
    const { issuer, client_id: clientId } = this.known;
    const jwksUri = this.#discovered.serverMetadata().jwks_uri ?? '';
    const { authReqId, answer } = this.#pushed ?? {};
    try {
      const checked = await checkedTokens(tokens, { issuer, clientId, jwksUri, authReqId });
      answer?.(204);
      this.#say(`5. Verified ${checked.id_token ? 'both tokens' : 'the access token'} with the published keys.`);
      const values = this.#question.showTokens ? { values: { ...tokens } } : {};
      return { outcome: 'approved', tokens: { ...checked, ...values } };
    } catch (error) {
      answer?.(400);
      return notVerified(error);
    }
  }

  /** Counts the polls, and tells what the provider says to them. */
  #observe(url: string, error: ErrorAnswer | undefined): void {
    if (url !== this.#config?.serverMetadata().token_endpoint) return;
    const { polls, interval = 5 } = this.known;
    this.known = { ...this.known, polls: polls + 1 };
    if (error?.error === 'authorization_pending' && polls === 0) this.#say('   No answer yet.');
    if (error?.error === 'slow_down') {
      this.known = { ...this.known, interval: interval + 5 };
      this.#say(`   That was too soon (slow_down): polling every ${interval + 5} s from now on.`);
    }
    if (error?.status === 503) this.#say('   The provider is out for a moment: polling again later.');
  }

  #notAsked(error: unknown): Ended {
    if (this.#calls.lastError === undefined) throw noAnswer(error, this.#question.deployment);
    return { outcome: 'refused', refusal: refusalFrom(this.#calls.lastError) };
  }

  #noTokens(error: unknown, endsAt: number): Ended {
    if (error instanceof PushedError) return endedBy(error);
    const { lastError } = this.#calls;
    // The library stops polling by itself when the request has ended.
    if (systemCodeOf(error) === 'OAUTH_TIMEOUT' && performance.now() >= endsAt - 1000) {
      const { means, next, page } = adviceFor({ error: 'expired_token', status: 400 });
      return { outcome: 'expired', refusal: { error: 'expired_token', means, next, page } };
    }
    if (lastError !== undefined) return { outcome: endOf(lastError), refusal: refusalFrom(lastError) };
    if (error instanceof TypeError || systemCodeOf(error) === 'OAUTH_TIMEOUT')
      throw noAnswer(error, this.#question.deployment);
    return notVerified(error);
  }

  get #discovered(): Configuration {
    if (!this.#config) throw new Error('discover first');
    return this.#config;
  }
}

/** Says how a request ended, by the error of the token endpoint (CIBA §11). */
function endOf({ error, status }: ErrorAnswer): OutcomeName {
  if (error === 'access_denied' && status === 400) return 'denied';
  return error === 'expired_token' ? 'expired' : 'refused';
}

/** The end that a push told. A push has no status. */
function endedBy({ code: error, description }: PushedError): Ended {
  const answer = { error, description, status: 400 };
  return { outcome: endOf(answer), refusal: { ...refusalFrom(answer), status: undefined } };
}

function refusalFrom(answer: ErrorAnswer): NonNullable<Outcome['refusal']> {
  const { error, description, status, retryAfterSeconds } = answer;
  const more = { error_description: description, status, retry_after_seconds: retryAfterSeconds };
  return { error, ...more, ...adviceFor(answer) };
}
