import { Different, expectAnswer } from '../ending.ts';
import type { ScenarioGroup } from '../scenario.ts';
import { askedOn } from './decisions.ts';

const ANSWER = 'docs/device-api.md#answer';
const ERRORS = 'docs/device-api.md#errors';
/** More than the leeway for clocks that differ. */
const WRONG_CLOCK_SECONDS = 600;

export const phones: ScenarioGroup = {
  title: 'What a phone does right and wrong',
  scenarios: [
    {
      name: 'two-phones',
      about: 'Two phones of the user answer at the same time, and the first wins.',
      needs: 'local',
      ends: { by: 'phone', status: 409, error: 'already_decided' },
      next: 'Drop the request, and tell the user that another phone was first.',
      standard: 'CIBA §8',
      page: ANSWER,
      async play(stage) {
        const { client, person, asked } = await askedOn(stage);
        const other = (await stage.phone(person)).asSecond();
        const shown = await person.phone.read(asked.requestId);
        const answers = await Promise.all([person.phone.respond(shown, 'approve'), other.respond(shown, 'approve')]);
        expectAnswer(await client.poll(asked), { status: 200 });
        const [first, second] = answers.toSorted((a, b) => (a.status ?? 0) - (b.status ?? 0));
        expectAnswer(first ?? answers[0], { status: 204 });
        return second ?? answers[1];
      },
    },
    {
      name: 'repeated-answer',
      about: 'A phone sends the same answer again, because it missed the first 204.',
      needs: 'local',
      ends: { by: 'phone', status: 204 },
      next: 'Repeat a call whose answer was lost. The same decision of the same phone counts once.',
      standard: 'CIBA §8',
      page: ANSWER,
      async play(stage) {
        const { person, asked } = await askedOn(stage);
        const shown = await person.phone.read(asked.requestId);
        expectAnswer(await person.phone.respond(shown, 'approve'), { status: 204 });
        return person.phone.respond(shown, 'approve');
      },
    },
    {
      name: 'second-thoughts',
      about: 'A phone denies what it approved before.',
      needs: 'local',
      ends: { by: 'phone', status: 409, error: 'already_decided' },
      next: 'Say that the decision stands. To take it back, the user calls the company.',
      standard: 'CIBA §8',
      page: ANSWER,
      async play(stage) {
        const { client, person, asked } = await askedOn(stage);
        const shown = await person.phone.read(asked.requestId);
        expectAnswer(await person.phone.respond(shown, 'approve'), { status: 204 });
        const refused = await person.phone.respond(shown, 'deny');
        expectAnswer(await client.poll(asked), { status: 200 });
        return refused;
      },
    },
    {
      name: 'tampered-details',
      about: 'A phone signs the hash of other bytes than those that it was sent.',
      needs: 'local',
      ends: { by: 'phone', status: 400, error: 'details_mismatch' },
      next: 'Hash exactly the bytes that were sent, and show nothing else. If you do, this is an attack.',
      standard: 'CIBA §14',
      page: 'docs/device-api.md#rules-a-phone-must-keep',
      async play(stage) {
        const { client, person, asked } = await askedOn(stage);
        const shown = await person.phone.read(asked.requestId);
        const bytes = Buffer.concat([shown.bytes, Buffer.from(' ')]);
        const refused = await person.phone.respond({ ...shown, bytes }, 'approve');
        expectAnswer(await client.poll(asked), { status: 400, error: 'authorization_pending' });
        return refused;
      },
    },
    {
      name: 'wrong-key',
      about: 'An answer is signed with another key than that of the phone.',
      needs: 'local',
      ends: { by: 'phone', status: 401, error: 'invalid_device' },
      next: 'Sign with the key of this enrolment. If it is lost, enrol again with a new ticket.',
      standard: 'RFC 7515 §5.2',
      page: ERRORS,
      async play(stage) {
        const { client, person, asked } = await askedOn(stage);
        const thief = await stage.person();
        const shown = await person.phone.read(asked.requestId);
        const refused = await person.phone.withKeyOf(thief.phone).respond(shown, 'approve');
        expectAnswer(await client.poll(asked), { status: 400, error: 'authorization_pending' });
        return refused;
      },
    },
    {
      name: 'foreign-phone',
      about: 'The phone of another user wants to answer.',
      needs: 'local',
      ends: { by: 'phone', status: 404, error: 'not_found' },
      next: 'Drop the request: it is for no user of this enrolment.',
      standard: 'CIBA §14',
      page: ANSWER,
      async play(stage) {
        const { client, person, asked } = await askedOn(stage);
        const other = await stage.person();
        const shown = await person.phone.read(asked.requestId);
        const refused = await other.phone.respond(shown, 'approve');
        expectAnswer(await client.poll(asked), { status: 400, error: 'authorization_pending' });
        return refused;
      },
    },
    {
      name: 'wrong-phone-clock',
      about: 'The clock of the phone is ten minutes fast.',
      needs: 'local',
      ends: { by: 'phone', status: 400, error: 'invalid_request' },
      next: 'Compare the clock with the Date header of the answer, and tell the user to correct it.',
      standard: 'RFC 7519 §4.1.6',
      page: ERRORS,
      async play(stage) {
        const { person, asked } = await askedOn(stage);
        const shown = await person.phone.read(asked.requestId);
        const refused = await person.phone.respond(shown, 'approve', { clockIsAheadBy: WRONG_CLOCK_SECONDS });
        expectAnswer(await person.phone.respond(shown, 'approve'), { status: 204 });
        return refused;
      },
    },
    {
      name: 'replayed-phone-call',
      about: 'Somebody sends the call of a phone a second time, with the same assertion.',
      needs: 'local',
      ends: { by: 'phone', status: 401, error: 'invalid_device' },
      next: 'Sign a new assertion for each PUT, PATCH and DELETE. After a lost answer too: its jti may be used.',
      standard: 'RFC 7519 §4.1.7',
      page: 'docs/device-api.md#what-a-phone-signs',
      async play(stage) {
        const { phone } = await stage.person();
        const [first, second] = await phone.rename('New name', 'Name of a thief');
        if (!first || !second) throw new Different('There were not two calls.');
        expectAnswer(first, { status: 200 });
        return second;
      },
    },
    {
      name: 'spent-ticket',
      about: 'A second phone wants to enrol with a ticket that the first one used.',
      needs: 'local',
      ends: { by: 'phone', status: 400, error: 'invalid_ticket' },
      next: 'Ask for a new ticket. Each works for one key, and for ten minutes.',
      standard: 'CIBA §14',
      page: 'docs/device-api.md#enrol',
      async play(stage) {
        const ticket = await stage.ticket(await stage.user());
        expectAnswer(await stage.enrolment(ticket), { status: 201 });
        return stage.enrolment(ticket);
      },
    },
    {
      name: 'unknown-push-token',
      about: 'A phone enrols with a push token that Apple or Google do not know.',
      needs: 'local',
      ends: { by: 'phone', status: 400, error: 'invalid_push_token' },
      next: 'Get the token from the platform again, and enrol with the same ticket: it is still valid.',
      standard: 'CIBA §14',
      page: 'docs/device-api.md#enrol',
      async play(stage) {
        const ticket = await stage.ticket(await stage.user());
        const refused = await stage.enrolment(ticket, `unknown-${stage.id}`);
        expectAnswer(await stage.enrolment(ticket), { status: 201 });
        return refused;
      },
    },
  ],
};
