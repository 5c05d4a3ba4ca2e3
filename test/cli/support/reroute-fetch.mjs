// Preloaded into the command: what goes to the deployment of REROUTE_FROM arrives at the loopback server REROUTE_TO.
// `fetch` insists on the `Host` of its URL, so the true one travels beside it; all else stays as the command made it.
// Calls of AWS go to its stand-in as they are.
const { REROUTE_FROM, REROUTE_TO, AWS_ENDPOINT_URL } = process.env;
const original = globalThis.fetch;
globalThis.fetch = (input, init) => {
  const url = new URL(input);
  if (url.origin === AWS_ENDPOINT_URL) return original(input, init);
  if (url.origin !== REROUTE_FROM) throw new Error(`a call to ${url.origin}`);
  const headers = { ...init.headers, 'rerouted-host': url.host };
  return original(REROUTE_TO + url.pathname + url.search, { ...init, headers });
};
