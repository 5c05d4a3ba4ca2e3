// Does what Lambda's Node runtime does: loads the handler, then fetches events and sends results in an endless loop.
const api = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation`;
// There is no CloudFormation: answers of a custom resource go to the process that runs the bundle.
const { fetch } = globalThis;
globalThis.fetch = (url, init) =>
  String(url).startsWith('https://cloudformation.example/')
    ? fetch(`${api}/cloudformation`, { ...init, method: 'POST' })
    : fetch(url, init);
const before = new Set(process.moduleLoadList);
const { handler } = await import(process.argv[2]);
const loaded = process.moduleLoadList.filter((name) => !before.has(name) && name.startsWith('NativeModule '));
await fetch(`${api}/loaded`, {
  method: 'POST',
  body: JSON.stringify(loaded.map((name) => name.slice('NativeModule '.length))),
});
for (;;) {
  const next = await fetch(`${api}/next`);
  const id = next.headers.get('lambda-runtime-aws-request-id');
  const outcome = await handler(await next.json(), {
    awsRequestId: id,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    getRemainingTimeInMillis: () => 10_000,
  }).then(
    (result) => ['response', result ?? null],
    (error) => ['error', { errorType: error.name, errorMessage: error.message }],
  );
  await fetch(`${api}/${id}/${outcome[0]}`, { method: 'POST', body: JSON.stringify(outcome[1]) });
}
