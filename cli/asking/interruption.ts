import { sayStep } from '../command-line/steps.ts';
import type { Outcome } from './outcome.ts';

/** What is known of the request, and how to withdraw it: true if the provider says that it is. */
type Interrupted = {
  readonly known: Pick<Outcome, 'request_id' | 'txn' | 'expires_in'>;
  withdraw(): Promise<boolean>;
};

/**
 * Withdraws the request when somebody presses Ctrl-C, says what became of it, and ends the command. Ctrl-C once more
 * does not wait. Returns how to stop that.
 */
export function endOnInterrupt(run: Interrupted): () => void {
  const leave = () => process.exit(130);
  const interrupt = () => {
    process.stderr.write('\n');
    process.once('SIGINT', leave);
    void whatBecomesOf(run).then((says) => {
      sayStep(`ciba: Interrupted. ${says}`);
      leave();
    });
  };
  process.once('SIGINT', interrupt);
  return () => void process.off('SIGINT', interrupt);
}

async function whatBecomesOf(run: Interrupted): Promise<string> {
  const { request_id: id, txn, expires_in: seconds } = run.known;
  if (txn === undefined) return 'No answer of the provider to the request had come.';
  if (await run.withdraw()) return `The request ${id} was withdrawn, and its prompt vanishes from the phone.`;
  return `The request ${id} could not be withdrawn. It stays open until the user answers, or until ${seconds} s after it was made. Its tokens can no longer be fetched. Follow it: ciba trace ${txn}`;
}
