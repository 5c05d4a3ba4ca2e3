import { answerSelfChecks } from '../../provider/edge/orders/self-check.ts';
import { endpointEventsFrom } from '../../provider/edge/sns/endpoint-event.ts';
import { handleEndpointEvent } from '../../provider/flows/device/handle-endpoint-event.ts';
import { provePushRights } from '../../provider/flows/operating/prove-push-rights.ts';
import { wire } from './wiring.ts';

/**
 * Not called over HTTP: it is subscribed to the application events of SNS (`EventDeliveryFailure`,
 * `EventEndpointUpdated`). It marks the devices of a dead push endpoint unreachable, so that the next request is
 * refused at once instead of being pushed to no device. A fault throws: SNS tries again and finally keeps the event in
 * the dead-letter queue.
 */
const { ports, log } = wire();

const handleEvents = async (event: unknown): Promise<void> => {
  for (const { endpointArn, type, failure, messageId } of endpointEventsFrom(event)) {
    const startedAt = performance.now();
    const devices = await handleEndpointEvent(ports, endpointArn);
    const duration = Math.round(performance.now() - startedAt);
    const detail = failure === undefined ? {} : { detail: failure };
    log.request({
      route: `SNS ${type}`,
      status: 200,
      devices,
      ...detail,
      duration_ms: duration,
      correlation_id: messageId,
    });
  }
};

export const handler = answerSelfChecks(() => provePushRights(ports), handleEvents);
