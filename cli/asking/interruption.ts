import { sayStep } from '../command-line/steps.ts';
import type { Outcome } from './outcome.ts';

type Known = Pick<Outcome, 'request_id' | 'txn' | 'expires_in'>;

/** Says what becomes of the request when somebody presses Ctrl-C, and ends the command. Returns how to stop that. */
export function endOnInterrupt(known: () => Known): () => void {
  const interrupt = () => {
    process.stderr.write('\n');
    sayStep(`ciba: Interrupted. ${whatBecomesOf(known())}`);
    process.exit(130);
  };
  process.once('SIGINT', interrupt);
  return () => void process.off('SIGINT', interrupt);
}

function whatBecomesOf({ request_id: id, txn, expires_in: seconds }: Known): string {
  if (txn === undefined) return 'No answer of the provider to the request had come.';
  return `The request ${id} stays open until the user answers, or until ${seconds} s after it was made. Its tokens can no longer be fetched. Follow it: ciba trace ${txn}`;
}
