import type { RefusalReason } from '../../core/refusal.ts';

/** The answer of a handler, before it becomes an API Gateway result. */
export type Answer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether anyone may keep the answer, for as long as its own `Cache-Control` says. Default: nobody may. */
  readonly isPublic?: true;
  /** Sent as JSON; absent means no body. */
  readonly body?: unknown;
  /** For the log line of a refusal: the internal reason, the error code, and the evidence that may be logged. */
  readonly refused?: { readonly reason: RefusalReason; readonly error: string; readonly detail?: string };
};

/** Answers 200 with a body that must not be stored, because it contains tokens, ids or personal data. */
export function answerOk(body: unknown): Answer {
  return { status: 200, body };
}

/** Answers 200 without a body (RFC 7009 §2.2). */
export function answerEmpty(): Answer {
  return { status: 200 };
}

/** Answers 201: something was created. */
export function answerCreated(body: unknown): Answer {
  return { status: 201, body };
}

/** Answers 204: the call succeeded and there is no body. */
export function answerDone(): Answer {
  return { status: 204 };
}

/** Answers 200 with a body that anyone may cache for `maxAgeSeconds`. */
export function answerPublic(body: unknown, maxAgeSeconds: number): Answer {
  return {
    status: 200,
    isPublic: true,
    body,
    headers: { 'cache-control': `public, max-age=${maxAgeSeconds}`, 'access-control-allow-origin': '*' },
  };
}

/**
 * Answers OPTIONS for a document that anyone may read: which methods it has, and to browsers that any page may read it,
 * also with headers of its own (CORS). Browsers need not ask again for two hours.
 */
export function answerMethods(methods: readonly string[]): Answer {
  const allow = methods.join(', ');
  const headers = {
    allow,
    'access-control-allow-origin': '*',
    'access-control-allow-methods': allow,
    'access-control-allow-headers': '*',
    'access-control-max-age': '7200',
  };
  return { status: 204, headers };
}
