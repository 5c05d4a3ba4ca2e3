import { ok } from '../../../../provider/core/result.ts';
import { announcementFrom } from '../../../../provider/edge/queue/announcement.ts';
import { queueBatch } from '../../../../provider/edge/queue/queue-batch.ts';
import { notifyClient } from '../../../../provider/flows/notifying/notify-client.ts';
import { remindDevices } from '../../../../provider/flows/notifying/remind-devices.ts';
import type { Message } from '../queue.ts';
import type { World } from '../world.ts';
import { heard, nextCall } from './calling.ts';

type Ports = Parameters<Parameters<World['functions']['notification']['invoke']>[1]>[0];

/** The queue gives a message to the function that notifies clients and reminds phones. */
export function deliver(world: World, message: Message, how: { isTwice: boolean; isTold: boolean }) {
  const { isTwice, isTold } = how;
  world.queue.receive(message, world.time.now, isTwice);
  const requestId = /"request_id":"([^"]+)"/.exec(message.body)?.[1] ?? '';
  const isReminder = message.body.includes('"reminds":true');
  const title = nextCall(world);
  const about = `${isReminder ? 'the reminder of ' : ''}${world.names.request(requestId)}`;
  if (isTold) world.story.tell(`The queue delivers ${message.id}, about ${about} (${title}).`);
  return world.functions.notification.invoke(
    { title, isTold },
    async (ports) => ok(await handle(world, ports, message)),
    (outcome, invocation) => {
      const said = heard(world, outcome, { invocation, success: outcome.ok ? outcome.value : '' });
      world.history.handled.push({ ...world.when, requestId, isReminder, invocation, said });
      if (isTold || !outcome.ok) world.story.tell(`  ${title} ends: ${said}.`);
    },
  );
}

/** Handles a message as `lambdas/client-notification/handler.ts` does. Returns the reason in the log line. */
async function handle(world: World, ports: Ports, { id, body, sentAt }: Message): Promise<string> {
  let fault: unknown;
  let reason = '';
  const log = {
    request: (line: { readonly reason?: string | undefined }) => {
      reason = line.reason ?? '';
    },
    fault: (error: unknown) => {
      fault = error;
    },
  };
  const handler = queueBatch(log, {
    route: 'SQS client-notification',
    read: announcementFrom,
    handle: (announced) => (announced.reminds ? remindDevices(ports, announced) : notifyClient(ports, announced)),
    postpone: (receipt, seconds) => ports.messages.postpone(receipt, seconds),
  });
  const record = { messageId: id, receiptHandle: id, body, attributes: { SentTimestamp: String(sentAt * 1000) } };
  const { batchItemFailures } = await handler({ Records: [record] });
  if (batchItemFailures.length === 0) world.queue.delete(id);
  if (fault !== undefined) throw fault;
  return reason;
}
