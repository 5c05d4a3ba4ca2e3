import * as v from 'valibot';

const batch = v.object({
  Records: v.pipe(v.array(v.object({ eventSource: v.string() })), v.minLength(1)),
});

/** The sources of batches, by the names that AWS gives them. */
type Source = 'aws:dynamodb' | 'aws:sqs';

/**
 * Makes a handler of a function that reads from several sources. A batch comes from one of them. Throws on a batch from
 * any other.
 */
export function bySource<Answer>(handlers: Readonly<Record<Source, (event: unknown) => Promise<Answer>>>) {
  return (event: unknown): Promise<Answer> => {
    const source = v.parse(batch, event).Records[0]?.eventSource;
    if (source !== 'aws:dynamodb' && source !== 'aws:sqs')
      throw new Error('a batch from a source that is not expected');
    return handlers[source](event);
  };
}
