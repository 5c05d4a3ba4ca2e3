import type { Vocabulary } from '../command-line/command.ts';
import { ask } from './ask-command.ts';
import { audit } from './audit-command.ts';
import { clientNoun } from './client-commands.ts';
import { completion } from './completion-command.ts';
import { contextNoun } from './context-commands.ts';
import { deviceNoun } from './device-commands.ts';
import { doctor } from './doctor-command.ts';
import { evidenceNoun } from './evidence-commands.ts';
import { keysNoun } from './keys-commands.ts';
import { listen } from './listen-command.ts';
import { logLevelNoun } from './log-level-commands.ts';
import { resend, withdraw } from './own-request-commands.ts';
import { phoneNoun } from './phone-commands.ts';
import { pushCredentialsNoun } from './push-credentials-commands.ts';
import { requestNoun } from './request-commands.ts';
import { status } from './status-command.ts';
import { tail } from './tail-command.ts';
import { ticketNoun } from './ticket-commands.ts';
import { trace } from './trace-command.ts';
import { trigger } from './trigger-command.ts';
import { up } from './up-command.ts';
import { userNoun } from './user-commands.ts';
import { version } from './version-command.ts';

/** All nouns and commands. A new command is added in the file of its noun, a new noun here. */
export const vocabulary: Vocabulary = {
  nouns: [
    clientNoun,
    userNoun,
    deviceNoun,
    ticketNoun,
    phoneNoun,
    requestNoun,
    keysNoun,
    pushCredentialsNoun,
    logLevelNoun,
    evidenceNoun,
    contextNoun,
  ],
  standalone: [up, ask, resend, withdraw, listen, trigger, tail, trace, status, audit, doctor, completion, version],
};
