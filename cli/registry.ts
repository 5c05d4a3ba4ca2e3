import { clientNoun } from './client-commands.ts';
import type { Noun } from './command.ts';
import { deviceNoun } from './device-commands.ts';
import { keysNoun } from './keys-commands.ts';
import { ticketNoun } from './ticket-commands.ts';
import { userNoun } from './user-commands.ts';

/** Every noun of the command line. A new command is an entry in its noun's file; a new noun is one here. */
export const nouns: readonly Noun[] = [clientNoun, userNoun, deviceNoun, ticketNoun, keysNoun];
