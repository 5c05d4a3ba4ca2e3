import { createInterface } from 'node:readline/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { type Phone, PhoneRefused } from '../../local/demo/phone.ts';
import type { Rows, RowsEnd } from '../command-line/command.ts';
import { Refused } from '../command-line/failure.ts';
import { type Say, sayStep } from '../command-line/steps.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { explained } from './phone-failure.ts';
import { type FetchedQuestion, fetchQuestion, questionJson, questionText } from './question.ts';

/** How often the phone looks. A real app is rung by Apple or Google, and looks when it comes to the front. */
const LOOK_MILLISECONDS = 2000;

/** Ends with the signal. */
type Watched = { readonly phone: Phone; readonly deployment: Deployment; readonly over: AbortSignal };

/** Prints each request as it comes, and answers none. */
export async function* watchQuietly(watched: Watched): Rows {
  for await (const question of questions(watched, sayStep))
    yield { json: questionJson(question), text: `${questionText(question)}\n` };
  return {} satisfies RowsEnd;
}

/** Shows each request as it comes, and asks for an answer. Only a typed word is one. */
export async function watchAndAnswer(watched: Watched): Promise<void> {
  for await (const question of questions(watched, sayStep)) {
    console.log(`\n${questionText(question)}`);
    await answerByHand(question, watched);
  }
}

/**
 * Yields each request that waits, once. What a good app would not show is told in a sentence, and so is a phone that was
 * rung again (docs/resend.md).
 */
async function* questions({ phone, deployment, over }: Watched, say: Say): AsyncGenerator<FetchedQuestion> {
  /** How often the phones were rung for each request. */
  const seen = new Map<string, number>();
  while (!over.aborted) {
    const waiting = await phone.list().catch((error: unknown) => {
      throw explained(error, deployment);
    });
    for (const { request_id, times_rung = 1 } of waiting.toReversed()) {
      const before = seen.get(request_id);
      seen.set(request_id, times_rung);
      if (before !== undefined && times_rung > before)
        say(`Request ${request_id} rings again, ${times_rung} times by now.`);
      if (before !== undefined) continue;
      try {
        yield await fetchQuestion(phone, request_id);
      } catch (error) {
        const why = explained(error, deployment);
        if (!(why instanceof Refused)) throw why;
        say(`Request ${request_id} is not shown. ${why.message}`);
      }
    }
    await pause(LOOK_MILLISECONDS, undefined, { signal: over }).catch(() => undefined);
  }
}

const ANSWERS = {
  a: 'approve',
  approve: 'approve',
  d: 'deny',
  deny: 'deny',
  f: { reason: 'fraud' },
  fraud: { reason: 'fraud' },
} as const;

async function answerByHand(question: FetchedQuestion, { phone, deployment, over }: Watched): Promise<void> {
  const { requestId, bytes, shown, numberMatching } = question;
  const millisecondsLeft = Math.max(0, shown.expires_at * 1000 - Date.now());
  const ended = AbortSignal.any([over, AbortSignal.timeout(millisecondsLeft), answeredElsewhere(phone, requestId)]);
  const keyboard = createInterface({ input: process.stdin, output: process.stdout });
  // A readline interface takes Ctrl-C for itself.
  keyboard.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    for (;;) {
      const typed = await keyboard.question('[a]pprove, [d]eny, or [f]raud: this was not me? ', { signal: ended });
      const word = typed.trim().toLowerCase();
      const answer = Object.entries(ANSWERS).find(([name]) => name === word)?.[1];
      if (answer === undefined) {
        console.log('Type a, d or f.');
        continue;
      }
      const isAsked = answer === 'approve' && numberMatching === 'phone_enters';
      const number = isAsked
        ? await keyboard.question('The number on the other screen: ', { signal: ended })
        : undefined;
      const shows = await phone.send(requestId, bytes, number === undefined ? answer : { number: number.trim() });
      console.log(answeredText(answer, shows));
      return;
    }
  } catch (error) {
    if (over.aborted) return;
    if (ended.aborted) return console.log(`\nThis request is over: ${await whyOver(phone, requestId)}.`);
    const why = explained(error, deployment);
    if (!(why instanceof Refused)) throw why;
    console.log(`${why.message} ${why.next}`);
  } finally {
    keyboard.close();
  }
}

/** Tells what became of an answer, and the number that the user has to type where the request began. */
function answeredText(answer: 'approve' | 'deny' | { readonly reason: string }, number: string | undefined): string {
  if (number !== undefined) return `Approved. Type this number where the request began: ${number}`;
  if (answer === 'approve') return 'Approved.';
  return answer === 'deny' ? 'Denied.' : 'Denied and reported.';
}

/** Why a request waits no longer, as far as the provider tells. */
async function whyOver(phone: Phone, requestId: string): Promise<string> {
  const error: unknown = await phone.read(requestId).catch((refused: unknown) => refused);
  const isWithdrawn = error instanceof PhoneRefused && error.error === 'withdrawn';
  return isWithdrawn ? 'its client withdrew it' : 'it expired, or was answered elsewhere';
}

/** A signal for the moment at which a request waits no longer. */
function answeredElsewhere(phone: Phone, requestId: string): AbortSignal {
  const elsewhere = new AbortController();
  const look = setInterval(() => {
    phone.list().then(
      (waiting) => {
        if (waiting.some(({ request_id }) => request_id === requestId)) return;
        clearInterval(look);
        elsewhere.abort();
      },
      () => undefined,
    );
  }, LOOK_MILLISECONDS);
  look.unref();
  return elsewhere.signal;
}
