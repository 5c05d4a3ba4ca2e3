import * as v from 'valibot';

const notification = v.object({
  Records: v.array(v.object({ Sns: v.object({ MessageId: v.string(), Message: v.string() }) })),
});
const endpointEvent = v.object({
  EndpointArn: v.string(),
  EventType: v.string(),
  /** Of a failed delivery: SNS's own word for the kind, and the id of the push. Another form is left out, not refused. */
  FailureType: v.fallback(v.optional(v.pipe(v.string(), v.regex(/^[A-Za-z]{1,40}$/))), undefined),
  MessageId: v.fallback(v.optional(v.string()), undefined),
});
/** An application event of SNS: something happened to a push endpoint. */
export type EndpointEvent = {
  readonly endpointArn: string;
  readonly type: string;
  /** Why a delivery failed. */
  readonly failure?: string | undefined;
  /** The push it is about where SNS tells, else the event itself. */
  readonly messageId: string;
};

/** The events in an SNS notification. Anything else throws: it is nothing that this function is subscribed to. */
export function endpointEventsFrom(event: unknown): readonly EndpointEvent[] {
  return v.parse(notification, event).Records.map(({ Sns }) => {
    const { EndpointArn, EventType, FailureType, MessageId } = v.parse(endpointEvent, JSON.parse(Sns.Message));
    return { endpointArn: EndpointArn, type: EventType, failure: FailureType, messageId: MessageId ?? Sns.MessageId };
  });
}
