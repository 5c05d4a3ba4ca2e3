import * as v from 'valibot';
import { isRollback } from '../../core/operating/synthetic.ts';

/** A request of CloudFormation to a custom resource. */
const request = v.object({
  RequestType: v.picklist(['Create', 'Update', 'Delete']),
  ResponseURL: v.pipe(v.string(), v.startsWith('https://')),
  StackId: v.string(),
  RequestId: v.string(),
  LogicalResourceId: v.string(),
  PhysicalResourceId: v.optional(v.string()),
  ResourceProperties: v.record(v.string(), v.unknown()),
  OldResourceProperties: v.optional(v.record(v.string(), v.unknown())),
});
/** CloudFormation passes every value as a text. */
const versioned = v.object({
  versions: v.record(v.string(), v.pipe(v.string(), v.transform(Number), v.integer())),
});
export type CustomResourceRequest = v.InferOutput<typeof request>;
/** The outcome of a request. `why` is shown to the person who deploys, so it must not quote a secret. */
export type CustomResourceOutcome =
  | { readonly ok: true; readonly id: string }
  | { readonly ok: false; readonly why: string };
/** Sends the answer to CloudFormation, which waits for it. */
export type SendAnswer = (url: string, body: string) => Promise<void>;

/** Returns whether an event is a request of CloudFormation to a custom resource. */
export function isCustomResourceRequest(event: unknown): event is CustomResourceRequest {
  return v.is(request, event);
}

/** Returns the published version of each function, before and now. Empty if the resource has no versions. */
export function versionsOf({ ResourceProperties, OldResourceProperties }: CustomResourceRequest) {
  const read = (properties: unknown): Readonly<Record<string, number>> => {
    const result = v.safeParse(versioned, properties);
    return result.success ? result.output.versions : {};
  };
  return { before: read(OldResourceProperties), now: read(ResourceProperties) };
}

/**
 * Handles a request of CloudFormation and always answers it: without an answer CloudFormation would wait for an hour. A
 * fault fails the deployment. Only its kind is reported, because its message may quote what was sent. While a
 * deployment is being rolled back nothing may fail, because a failed rollback leaves the stack in an intermediate
 * state. `whenFailed` turns a failure into another outcome, for resources that must stop neither a deployment nor its
 * rollback.
 */
export async function answerCustomResource(
  event: CustomResourceRequest,
  send: SendAnswer,
  act: (event: CustomResourceRequest) => Promise<CustomResourceOutcome>,
  { whenFailed }: { readonly whenFailed?: (why: string) => CustomResourceOutcome } = {},
): Promise<void> {
  const first = await act(event).catch((error: unknown): CustomResourceOutcome => {
    const kind = error instanceof Error ? error.name : typeof error;
    return { ok: false, why: `${kind}: see the log of the function behind ${event.LogicalResourceId}` };
  });
  const outcome = !first.ok && whenFailed ? whenFailed(first.why) : first;
  const { StackId, RequestId, LogicalResourceId, PhysicalResourceId } = event;
  const { before, now } = versionsOf(event);
  const succeeds = outcome.ok || isRollback(before, now);
  const answer = {
    StackId,
    RequestId,
    LogicalResourceId,
    // A changed id would make CloudFormation delete the "old" resource, so a failure repeats the existing id.
    PhysicalResourceId: outcome.ok ? outcome.id : (PhysicalResourceId ?? `${LogicalResourceId}-failed`),
    Status: succeeds ? 'SUCCESS' : 'FAILED',
    ...(!outcome.ok && { Reason: outcome.why }),
  };
  await send(event.ResponseURL, JSON.stringify(answer));
}
