import * as v from 'valibot';

const notification = v.object({
  Records: v.array(v.object({ Sns: v.object({ MessageId: v.string(), Message: v.string() }) })),
});
const endpointEvent = v.object({ EndpointArn: v.string(), EventType: v.string() });
/** An application event of SNS: something happened to a push endpoint. */
export type EndpointEvent = { readonly endpointArn: string; readonly type: string; readonly messageId: string };

/** The events in an SNS notification. Anything else throws: it is nothing that this function is subscribed to. */
export function endpointEventsFrom(event: unknown): readonly EndpointEvent[] {
  return v.parse(notification, event).Records.map(({ Sns }) => {
    const { EndpointArn, EventType } = v.parse(endpointEvent, JSON.parse(Sns.Message));
    return { endpointArn: EndpointArn, type: EventType, messageId: Sns.MessageId };
  });
}
