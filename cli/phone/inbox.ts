import { type Phone, PhoneRefused, type ShownDetails } from '../../local/demo/phone.ts';
import type { WaitingRequest } from '../../local/demo/phone-answers.ts';
import { instant, plainLine, table } from '../command-line/text-layout.ts';

/** A request that waits: what the list says, and what the phone read in the frozen bytes. */
type Entry = WaitingRequest & Pick<ShownDetails, 'client_id' | 'client_name' | 'binding_message'>;

/** The refusals of a request that was answered or expired since it was listed. */
const OVER = [404, 410];

/** Lists what waits, the newest first. Who asks, and with which message, is in the details alone. */
export async function readInbox(phone: Phone): Promise<readonly Entry[]> {
  const waiting = await phone.list();
  const entries = await Promise.all(waiting.map((one) => entryOf(phone, one)));
  return entries.flatMap((entry) => entry ?? []);
}

async function entryOf(phone: Phone, waiting: WaitingRequest): Promise<Entry | undefined> {
  try {
    const { client_id, client_name, binding_message } = (await phone.read(waiting.request_id)).shown;
    return { ...waiting, client_id, client_name, binding_message };
  } catch (error) {
    if (error instanceof PhoneRefused && OVER.includes(error.status ?? 0)) return undefined;
    throw error;
  }
}

/** Tells what waits as a table. */
export function inboxText(entries: readonly Entry[]): string {
  if (entries.length === 0) return 'Nothing waits.';
  const rows = entries.map(({ request_id, client_name, binding_message, issued_at, expires_at, times_rung }) => [
    request_id,
    plainLine(client_name),
    plainLine(binding_message ?? '-'),
    issued_at === undefined ? '-' : instant(issued_at),
    instant(expires_at),
    times_rung === undefined ? '-' : String(times_rung),
  ]);
  return table(['REQUEST ID', 'WHO ASKS', 'MESSAGE', 'ASKED', 'EXPIRES', 'RUNG'], rows);
}
