import { Different, expectAnswer } from '../ending.ts';
import type { ScenarioGroup } from '../scenario.ts';
import { askedOn } from './decisions.ts';

/** How long the calls of an application fail. */
const OUTAGE_SECONDS = 5;
/** How long a fault waits for the call of an application. */
const PREPARED_SECONDS = 300;

const OUTAGES = 'docs/security/failures.md#outages';

export const outages: ScenarioGroup = {
  title: 'When AWS fails',
  scenarios: [
    {
      name: 'push-outage',
      about: 'SNS is out, so no phone rings.',
      needs: 'local',
      ends: { status: 503, error: 'temporarily_unavailable' },
      next: 'Ask again after the seconds of Retry-After. The request that failed is over.',
      standard: 'RFC 9110 §15.6.4',
      page: OUTAGES,
      own: { prepare: (stage, { phone }) => stage.fault('push-outage', [phone.identity.deviceId], PREPARED_SECONDS) },
      async play(stage) {
        const client = await stage.client();
        const { email, phone } = await stage.person();
        const fault = await stage.fault('push-outage', [phone.identity.deviceId]);
        const refused = await client.ask({ login_hint: email });
        if (refused.retryAfterSeconds === undefined) throw new Different('There is no Retry-After.');
        await fault.end();
        await client.asked({ login_hint: email });
        return refused;
      },
    },
    {
      name: 'dead-endpoint',
      about: 'Apple or Google gave up the push token of the only phone.',
      needs: 'local',
      ends: { status: 400, error: 'invalid_request' },
      next: 'Offer another way to log in. The app sends its new push token when the user opens it, then asking works again.',
      standard: 'CIBA §13',
      page: 'docs/device-api.md#change-and-remove',
      own: {
        prepare: (stage, { phone }) => stage.fault('endpoint-disabled', [phone.identity.deviceId], PREPARED_SECONDS),
      },
      async play(stage) {
        const client = await stage.client();
        const { email, phone } = await stage.person();
        await stage.fault('endpoint-disabled', [phone.identity.deviceId]);
        return client.ask({ login_hint: email });
      },
    },
    {
      name: 'throttled-table',
      about: 'DynamoDB refuses calls when the client comes for the tokens. The approval is not lost.',
      needs: 'local',
      ends: { status: 500, error: 'server_error' },
      next: 'Poll again after a pause that grows. Do not ask the user again: the next poll can bring the tokens.',
      standard: 'RFC 9110 §15.6.1',
      page: OUTAGES,
      async play(stage) {
        const { client, person, asked } = await askedOn(stage);
        expectAnswer(await person.phone.decide(asked.requestId, 'approve'), { status: 204 });
        const fault = await stage.fault('table-throttled', [asked.requestId]);
        const failed = await client.poll(asked);
        await fault.end();
        expectAnswer(await client.poll(asked, asked.intervalSeconds), { status: 200 });
        return failed;
      },
      own: {
        async answer(stage, { person, requestId }) {
          expectAnswer(await person.phone.decide(requestId, 'approve'), { status: 204 });
          const fault = await stage.fault('table-throttled', [requestId]);
          await stage.wait(OUTAGE_SECONDS);
          await fault.end();
        },
      },
    },
    {
      name: 'audit-outage',
      about: 'The audit trail cannot be written, so an approval does not count yet. A denial always does.',
      needs: 'local',
      ends: { by: 'phone', status: 503, error: 'temporarily_unavailable' },
      next: 'Send the same answer again after the seconds of Retry-After. Show the user that it is not done yet.',
      standard: 'RFC 9110 §15.6.4',
      page: 'docs/device-api.md#errors',
      async play(stage) {
        const { client, person, asked } = await askedOn(stage);
        const shown = await person.phone.read(asked.requestId);
        const fault = await stage.fault('audit-outage', [person.sub, person.phone.identity.deviceId]);
        const refused = await person.phone.respond(shown, 'approve');
        expectAnswer(await client.poll(asked), { status: 400, error: 'authorization_pending' });
        await fault.end();
        expectAnswer(await person.phone.respond(shown, 'approve'), { status: 204 });
        expectAnswer(await client.poll(asked), { status: 200 });
        return refused;
      },
    },
  ],
};
