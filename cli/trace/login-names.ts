import { requestIdOf, txnOf } from '../../provider/core/digest.ts';
import { WrongUsage } from '../command-line/failure.ts';
import type { LoginName } from '../function-logs/log-source.ts';

/**
 * Reads the name of a login: a `txn`, a request id, or an `auth_req_id`. The last two look alike, so both are tried. An
 * `auth_req_id` is only hashed here; it never leaves this machine.
 */
export function readLoginNames(typed: string): readonly [LoginName, ...LoginName[]] {
  if (/^[0-9a-f]{16}$/i.test(typed)) return [{ txn: typed.toLowerCase(), requestId: undefined }];
  if (/^[A-Za-z0-9_-]{43}$/.test(typed)) {
    const hashed = requestIdOf(typed);
    return [
      { txn: txnOf(typed), requestId: typed },
      { txn: txnOf(hashed), requestId: hashed },
    ];
  }
  throw new WrongUsage(
    'TXN is the 16 characters of txn in a log line, or a request id or auth_req_id of 43 characters; this is none of them',
  );
}
