import type { Vocabulary } from '../command-line/command.ts';
import { clientNoun } from './client-commands.ts';
import { deviceNoun } from './device-commands.ts';
import { doctor } from './doctor-command.ts';
import { keysNoun } from './keys-commands.ts';
import { pushCredentialsNoun } from './push-credentials-commands.ts';
import { ticketNoun } from './ticket-commands.ts';
import { userNoun } from './user-commands.ts';

/** Every word of the command line. A new command is an entry in its noun's file; a new noun is one here. */
export const vocabulary: Vocabulary = {
  nouns: [clientNoun, userNoun, deviceNoun, ticketNoun, keysNoun, pushCredentialsNoun],
  standalone: [doctor],
};
