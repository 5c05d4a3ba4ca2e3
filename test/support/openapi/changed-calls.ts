import { MemberChanges, shapeOf } from './changed-members.ts';
import type { Recorded } from './traffic.ts';
import { type ApiValidator, typeOf } from './validation.ts';

/** A call in which one member of its body or of its answer was changed. */
type ChangedCall = { readonly what: string; readonly call: Recorded };

/** Returns calls with one member changed each, once for each shape of bodies: what no document may describe. */
export function changedCalls(validator: ApiValidator, calls: readonly Recorded[]): readonly ChangedCall[] {
  const shapes = new Set<string>();
  return calls.flatMap((call) =>
    (['request', 'answer'] as const).flatMap((part) => {
      const body = part === 'answer' || call.status < 300 ? validator.bodyOf(call, part) : undefined;
      const shape = `${call.routeKey} ${call.status} ${part} ${typeOf(call)} ${shapeOf(body?.value)}`;
      if (!body || shapes.has(shape)) return [];
      shapes.add(shape);
      const changes = new MemberChanges(validator, body.value, () => undefined);
      return [...changes.of(body.value, { path: [], at: body.at })].flatMap(({ what, value }) => {
        const text = part === 'answer' ? JSON.stringify(value) : encoded(value, typeOf(call));
        if (text === undefined) return [];
        const changed = part === 'answer' ? { ...call, answer: text } : { ...call, body: text };
        return [{ what: `${call.routeKey} ${call.status}: ${part} ${what}`, call: changed }];
      });
    }),
  );
}

/** Returns a body as it is sent. Undefined if a form cannot say it: everything in a form is a text. */
function encoded(value: unknown, type: string): string | undefined {
  if (type === 'application/json') return Buffer.from(JSON.stringify(value), 'utf8').toString('latin1');
  const form = new URLSearchParams();
  for (const [name, one] of Object.entries(Object(value))) {
    const values: readonly unknown[] = Array.isArray(one) ? one : [one];
    if (!values.every((each) => typeof each === 'string')) return undefined;
    for (const each of values) form.append(name, String(each));
  }
  return String(form);
}
