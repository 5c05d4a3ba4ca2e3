import * as v from 'valibot';
import { FAULT_NAMES } from '../aws/faults.ts';
import { jsonIn, type LocalRoute, send, sendWrong } from './local-call.ts';

/** How long a fault lasts at most, also if whoever ordered it is gone. */
const LONGEST_SECONDS = 300;

// Each text is an id, so that a fault concerns what belongs to one trial alone.
const about = v.pipe(v.array(v.pipe(v.string(), v.minLength(8), v.maxLength(200))), v.minLength(1), v.maxLength(10));
const faultOrder = v.strictObject({
  fault: v.picklist(FAULT_NAMES),
  about,
  seconds: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(LONGEST_SECONDS)),
});
const keyOrder = v.variant('action', [
  v.strictObject({ action: v.literal('rotate') }),
  v.strictObject({ action: v.literal('revoke'), kid: v.pipe(v.string(), v.minLength(1), v.maxLength(100)) }),
]);

/** Routes that make the provider of this machine fail, or change its keys, for trials of applications. */
export const localControls: Readonly<Record<string, LocalRoute>> = {
  'GET /local/faults': (_world, { faults }, { response }) => {
    const active = faults.active.map(({ endsInSeconds, ...fault }) => ({ ...fault, ends_in: endsInSeconds }));
    send(response, 200, { faults: active });
  },
  'POST /local/faults': (_world, { faults }, { body, response }) => {
    const order = v.safeParse(faultOrder, jsonIn(body));
    if (order.success) return send(response, 201, { id: faults.begin(order.output) });
    sendWrong(
      response,
      `The body must be JSON with fault (${FAULT_NAMES.join(', ')}), about (ids of at least 8 characters) and seconds (1 to ${LONGEST_SECONDS}).`,
    );
  },
  'DELETE /local/faults': (_world, { faults }, { query, response }) => {
    faults.end(query.get('id') ?? '');
    response.writeHead(204).end();
  },
  'POST /local/keys': changeKeys,
};

/** Rotates the signing keys, or revokes one. In AWS an operator does it (`ciba keys`). */
async function changeKeys(...[, runtime, { body, response }]: Parameters<LocalRoute>): Promise<void> {
  const order = v.safeParse(keyOrder, jsonIn(body));
  if (!order.success)
    return sendWrong(response, 'The body must be {"action": "rotate"} or {"action": "revoke", "kid": "…"}.');
  const by = 'local control';
  const force = order.output.action === 'rotate' ? { force: true } : {};
  const report = await runtime.host.invoke('signing-keys', { ...order.output, ...force, by }).catch(() => undefined);
  if (report === undefined) return sendWrong(response, 'There is no such signing key.');
  // Warm functions would read the keys anew within five minutes.
  await Promise.all([runtime.host.cool('token'), runtime.host.cool('provider-metadata')]);
  send(response, 200, report);
}
