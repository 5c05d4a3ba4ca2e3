/** Longer than any function may run in AWS. */
const REMAINING_MILLISECONDS = 900_000;

/**
 * Returns the context that Lambda gives a function with each call. The functions answer 500 just before their time is
 * over, and go on with what they had begun. Here a function has time without end, because on a busy machine a late
 * answer is no fault.
 */
export function contextOf(functionName: string, id: number) {
  return {
    functionName,
    awsRequestId: `local-${id}`,
    getRemainingTimeInMillis: () => REMAINING_MILLISECONDS,
    callbackWaitsForEmptyEventLoop: false,
  };
}
