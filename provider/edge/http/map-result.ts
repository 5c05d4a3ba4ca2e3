import { ok, type Result } from '../../core/result.ts';
import type { Answer } from './answer.ts';

/** Turns a flow's success into an answer; a refusal passes as it is. */
export function mapResult<T>(result: Result<T>, answer: (value: T) => Answer): Result<Answer> {
  return result.ok ? ok(answer(result.value)) : result;
}
