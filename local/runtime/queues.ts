import { EXPIRY_RECEIVES } from '../../provider/core/operating/expiry-watch.ts';

/** The topic where decisions are announced. The queue of notifications is subscribed to it. */
export const notificationTopicArn = 'arn:aws:sns:eu-central-1:000000000000:client-notifications';

/** The queue of notifications on this machine. In AWS the stack makes it. */
export const notificationQueue = {
  name: 'client-notifications',
  redrive: {
    deadLetterQueue: 'client-notifications-dead-letters',
    // The value of infra/notifications/client-notifications.ts with default settings. It is high, because postponed
    // deliveries count as receives.
    maxReceiveCount: 75,
  },
} as const;

/** The queue of reminders of requests that may expire. In AWS the stack makes it. */
export const expiryQueue = {
  name: 'expiry-reminders',
  redrive: { deadLetterQueue: 'expiry-reminders-dead-letters', maxReceiveCount: EXPIRY_RECEIVES },
} as const;

/** Returns the address of a queue at the stand-in. As in SQS, its path is the account and the name. */
export function queueUrl(awsEndpoint: string, name: string): string {
  return `${awsEndpoint}/000000000000/${name}`;
}
