/** Where decisions are announced; the queue of notifications is subscribed to it. */
export const notificationTopicArn = 'arn:aws:sns:eu-central-1:000000000000:client-notifications';

/** The queue of notifications as it is on this machine; in an account it comes of the stack. */
export const notificationQueue = {
  name: 'client-notifications',
  redrive: {
    deadLetterQueue: 'client-notifications-dead-letters',
    // What infra/notifications/client-notifications.ts comes to with the limits of an account that changed none. Deliveries that
    // were postponed count, so that it lies above what the longest request takes.
    maxReceiveCount: 75,
  },
} as const;

/** The address of a queue at the stand-in: as in SQS, account and name are its path. */
export function queueUrl(awsEndpoint: string, name: string): string {
  return `${awsEndpoint}/000000000000/${name}`;
}
