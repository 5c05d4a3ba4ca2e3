import * as v from 'valibot';

const notification = v.object({
  Records: v.array(v.object({ Sns: v.object({ MessageId: v.string(), Message: v.string() }) })),
});
const endpointEvent = v.object({
  EndpointArn: v.string(),
  EventType: v.string(),
  /**
   * For a failed delivery: SNS's own word for the kind of failure, and the id of the push. Any other form is ignored.
   */
  FailureType: v.fallback(v.optional(v.pipe(v.string(), v.regex(/^[A-Za-z]{1,40}$/))), undefined),
  MessageId: v.fallback(v.optional(v.string()), undefined),
});
/** An application event of SNS: something happened to a push endpoint. */
export type EndpointEvent = {
  readonly endpointArn: string;
  readonly type: string;
  /** Why a delivery failed. */
  readonly failure?: string | undefined;
  /** The id of the push if SNS reports it, otherwise the id of the event itself. */
  readonly messageId: string;
};

/**
 * Returns the events in an SNS notification. Throws on anything else, because the function is subscribed to nothing
 * else.
 */
export function endpointEventsFrom(event: unknown): readonly EndpointEvent[] {
  return v.parse(notification, event).Records.map(({ Sns }) => {
    const { EndpointArn, EventType, FailureType, MessageId } = v.parse(endpointEvent, JSON.parse(Sns.Message));
    return { endpointArn: EndpointArn, type: EventType, failure: FailureType, messageId: MessageId ?? Sns.MessageId };
  });
}
