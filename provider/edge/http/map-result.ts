import { ok, type Result } from '../../core/result.ts';
import type { Answer } from './answer.ts';

/** Turns the value of a flow into an answer. A refusal is returned unchanged. */
export function mapResult<T>(result: Result<T>, answer: (value: T) => Answer): Result<Answer> {
  return result.ok ? ok(answer(result.value)) : result;
}
