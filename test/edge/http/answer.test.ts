import { describe, expect, it } from 'vitest';
import { ok, refuse } from '../../../provider/core/result.ts';
import { answerCreated, answerDone, answerEmpty, answerOk, answerPublic } from '../../../provider/edge/http/answer.ts';
import { mapResult } from '../../../provider/edge/http/map-result.ts';

describe('answers', () => {
  it('are 200, 201 and 204', () => {
    expect(answerOk({ a: 1 })).toEqual({ status: 200, body: { a: 1 } });
    expect(answerCreated({ a: 1 })).toEqual({ status: 201, body: { a: 1 } });
    expect(answerDone()).toEqual({ status: 204 });
    expect(answerEmpty()).toEqual({ status: 200 });
  });

  it('may be kept by anyone only where they are public', () => {
    expect(answerPublic({ keys: [] }, 300)).toEqual({
      status: 200,
      isPublic: true,
      body: { keys: [] },
      headers: { 'cache-control': 'public, max-age=300', 'access-control-allow-origin': '*' },
    });
  });

  it('are made of a flow’s success; a refusal passes as it is', () => {
    expect(mapResult(ok(1), answerOk)).toEqual({ ok: true, value: { status: 200, body: 1 } });
    const refusal = refuse({ reason: 'unknown_client' });
    expect(mapResult(refusal, answerOk)).toBe(refusal);
  });
});
