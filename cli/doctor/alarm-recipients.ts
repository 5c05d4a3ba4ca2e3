import type { SNSClient } from '@aws-sdk/client-sns';
import { type Check, type Finding, together } from './check.ts';

const SEE = 'docs/operations.md#alarms';

/** Somebody is told: the topics of the alarms have a subscription that was confirmed. */
export const alarmRecipients: Check = {
  name: 'Alarm recipients',
  of: 'alarms',
  async run({ found }, stack): Promise<Finding> {
    const actions = found.flatMap(({ AlarmActions = [] }) => AlarmActions);
    const topics = [...new Set(actions)].filter((arn) => /^arn:[a-z-]+:sns:/.test(arn));
    if (topics.length === 0) {
      const says = 'Alarms reach nobody yet: they only show on the dashboard.';
      return { state: 'warning', says, todo: 'Set alarms to an e-mail address or a topic, and deploy.', see: SEE };
    }
    const { SNSClient } = await import('@aws-sdk/client-sns');
    const sns = new SNSClient(stack.aws);
    return together(await Promise.all(topics.map((topic) => look(sns, topic))));
  },
};

async function look(client: SNSClient, topic: string): Promise<Finding> {
  const { paginateListSubscriptionsByTopic } = await import('@aws-sdk/client-sns');
  let confirmed = 0;
  let pending = 0;
  try {
    for await (const { Subscriptions = [] } of paginateListSubscriptionsByTopic({ client }, { TopicArn: topic })) {
      const count = Subscriptions.filter(({ SubscriptionArn }) => SubscriptionArn?.startsWith('arn:')).length;
      confirmed += count;
      pending += Subscriptions.filter(({ SubscriptionArn }) => SubscriptionArn === 'PendingConfirmation').length;
    }
  } catch (error) {
    if (!(error instanceof Error && /^NotFound(Exception)?$/.test(error.name))) throw error;
    const todo = 'Set alarms to a topic that exists, or bring it back: npx cdk deploy --revert-drift.';
    return { state: 'broken', says: `The topic ${topic} does not exist: alarms reach nobody.`, todo, see: SEE };
  }
  const name = topic.split(':').at(-1);
  const waiting = pending > 0 ? `, ${pending} not confirmed yet` : '';
  if (confirmed > 0) return { state: 'good', says: `${name}: ${confirmed} confirmed${waiting}.` };
  const todo =
    pending > 0
      ? 'Follow the link in the e-mail of AWS; it is good for three days, then subscribe again.'
      : 'Subscribe somebody to the topic.';
  return { state: 'broken', says: `${name}: nobody is subscribed${waiting}: alarms reach nobody.`, todo, see: SEE };
}
