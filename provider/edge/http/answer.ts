import type { RefusalReason } from '../../core/refusal.ts';

/** What a handler answers, before it becomes an API Gateway result. */
export type Answer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; absent means no body. */
  readonly body?: unknown;
  /** Of a refusal, for the log line: the internal reason, the error code, and the evidence that may be logged. */
  readonly refused?: { readonly reason: RefusalReason; readonly error: string; readonly detail?: string };
};

/** 200 with a body that nobody may store: tokens, ids, personal data. */
export function answerOk(body: unknown): Answer {
  return { status: 200, body };
}

/** 201: something was made. */
export function answerCreated(body: unknown): Answer {
  return { status: 201, body };
}

/** 204: done, nothing to say. */
export function answerDone(): Answer {
  return { status: 204 };
}

/** 200 that anyone may keep for a while. */
export function answerPublic(body: unknown, maxAgeSeconds: number): Answer {
  return {
    status: 200,
    body,
    headers: { 'cache-control': `public, max-age=${maxAgeSeconds}`, 'access-control-allow-origin': '*' },
  };
}
