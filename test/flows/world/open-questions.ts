import { meetsAnother } from '../../../provider/core/asking/open-question.ts';
import type { OpenQuestions, QuestionTo } from '../../../provider/flows/asking/ports.ts';
import type { Journal } from './journal.ts';

/** Open questions of all people. */
export function openQuestionsIn(journal: Journal) {
  const questions: QuestionTo[] = [];
  const openQuestions: OpenQuestions = journal.port({
    add: async (question, now) => {
      journal.begin(`add question of ${question.clientId} to ${question.sub}`);
      questions.push(question);
      const open = questions.filter(({ sub }) => sub === question.sub);
      return meetsAnother(question, open, now);
    },
    remove: async ({ sub, clientId, id, expiresAt }) => {
      journal.begin(`remove question of ${clientId} to ${sub}`);
      const at = questions.findIndex((one) => one.id === id && one.sub === sub && one.expiresAt === expiresAt);
      if (at >= 0) questions.splice(at, 1);
    },
  });
  return { questions, openQuestions };
}
