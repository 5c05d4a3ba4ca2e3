import type { SNSClient } from '@aws-sdk/client-sns';
import { type Check, type Finding, mergeFindings } from './check.ts';

const SEE = 'docs/operations.md#alarms';

/** Checks that someone receives the alarms: each of their topics has a confirmed subscription. */
export const alarmRecipients: Check = {
  name: 'Alarm recipients',
  of: 'alarms',
  async run({ found }, stack): Promise<Finding> {
    const actions = found.flatMap(({ AlarmActions = [] }) => AlarmActions);
    const topics = [...new Set(actions)].filter((arn) => /^arn:[a-z-]+:sns:/.test(arn));
    if (topics.length === 0) {
      const says = 'No one receives alarms yet: they only show on the dashboard.';
      const todo = 'Set an e-mail address or a topic for alarms in the settings, and deploy.';
      return { state: 'warning', says, todo, see: SEE };
    }
    const { SNSClient } = await import('@aws-sdk/client-sns');
    const sns = new SNSClient(stack.aws);
    return mergeFindings(await Promise.all(topics.map((topic) => checkTopic(sns, topic))));
  },
};

async function checkTopic(client: SNSClient, topic: string): Promise<Finding> {
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
    const todo = 'Restore it with npx cdk deploy --revert-drift, or set another topic for alarms in the settings.';
    return { state: 'broken', says: `The topic ${topic} does not exist: no one receives alarms.`, todo, see: SEE };
  }
  const name = topic.split(':').at(-1);
  const waiting = pending > 0 ? `, ${pending} not confirmed yet` : '';
  if (confirmed > 0) return { state: 'good', says: `${name}: ${confirmed} confirmed${waiting}.` };
  const todo =
    pending > 0
      ? 'Follow the link in the e-mail from AWS. It works for three days; after that, subscribe again.'
      : 'Subscribe an e-mail address to the topic.';
  return { state: 'broken', says: `${name}: no one receives alarms: 0 confirmed${waiting}.`, todo, see: SEE };
}
