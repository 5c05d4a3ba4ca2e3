import { LONGEST_EXPIRY_SECONDS } from '../../core/asking/expiry.ts';
import { meetsAnother } from '../../core/asking/open-question.ts';
import type { OpenQuestions, QuestionTo } from '../../flows/asking/ports.ts';
import { openQuestionsKey, questionFrom, questionText } from './forms/rate-window-form.ts';
import type { Table } from './table.ts';

/** How long the item is kept after the last question, in seconds: a day longer than any request lives. */
const KEEP_SECONDS = LONGEST_EXPIRY_SECONDS + 86_400;
/** How many expired questions are left in the item before they are taken out, so that most calls need one write. */
const MOST_EXPIRED = 8;

/** Open questions in Transactions: one item for a person, beside their windows, with a set of texts. */
export class OpenQuestionsTable implements OpenQuestions {
  readonly #transactions: Table;

  constructor(transactions: Table) {
    this.#transactions = transactions;
  }

  async add({ sub, ...question }: QuestionTo, now: number): Promise<boolean> {
    const { item } = await this.#transactions.update({
      key: openQuestionsKey(sub),
      set: { ttl: now + KEEP_SECONDS },
      add: { open: new Set([questionText(question)]) },
    });
    const open = [...(item?.open ?? [])].map(questionFrom);
    const expired = open.filter(({ expiresAt }) => expiresAt <= now);
    if (expired.length > MOST_EXPIRED) await this.#takeOut(sub, expired.map(questionText));
    return meetsAnother(question, open, now);
  }

  async remove({ sub, ...question }: QuestionTo): Promise<void> {
    // A decision does not know whether the question is silent.
    await this.#takeOut(sub, [questionText(question), questionText({ ...question, isSilent: true })]);
  }

  async #takeOut(sub: string, texts: readonly string[]): Promise<void> {
    await this.#transactions.update({
      key: openQuestionsKey(sub),
      deleteFromSet: { open: new Set(texts) },
      // An item that was swept is not made again.
      guard: { condition: 'attribute_exists(pk)' },
    });
  }
}
