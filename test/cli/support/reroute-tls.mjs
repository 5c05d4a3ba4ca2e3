// Preloaded into the command: a TLS connection to anywhere arrives at the loopback server REROUTE_TLS_PORT. The name that
// is asked for and checked stays as the command made it.
import { syncBuiltinESMExports } from 'node:module';
import tls from 'node:tls';

const original = tls.connect;
tls.connect = (options, ...more) =>
  original({ ...options, host: '127.0.0.1', port: Number(process.env.REROUTE_TLS_PORT) }, ...more);
syncBuiltinESMExports();
