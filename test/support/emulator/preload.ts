import { readFileSync } from 'node:fs';
import { redirectToEmulator } from './redirect.ts';

// Loaded before the code of a function that the emulator runs (NODE_OPTIONS), because a function can't be given a name
// server of its own.
const { EMULATOR_DOMAIN = '', EMULATOR_PORT, EMULATOR_CERTIFICATE = '' } = process.env;
redirectToEmulator({
  domain: EMULATOR_DOMAIN,
  port: Number(EMULATOR_PORT),
  certificate: readFileSync(EMULATOR_CERTIFICATE, 'utf8'),
});
