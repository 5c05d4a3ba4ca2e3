import { styleText } from 'node:util';
import type { FaultLine, RequestLine } from '../../provider/core/operating/log-line.ts';
import type { BusEvent } from '../aws/event-bridge.ts';
import type { GatewayAnswer } from '../runtime/gateway.ts';
import { callLine, faultLines, gatewayLine, type Paint } from './call-line.ts';

/** What a line in the log of a function may be. Audit lines are for `ciba audit`. */
type LogLine =
  | (RequestLine & { readonly message: 'request' })
  | (FaultLine & { readonly message: 'fault' })
  | { readonly message: 'audit' };

/** What `npm start` says while it runs. */
export interface Terminal {
  /** Says something to the person who started it. */
  say(text: string): void;
  /** Shows a line of a function's log. */
  log(functionName: string, line: string): void;
  /** Shows what other systems are told by an event. */
  event(event: BusEvent): void;
  /** Shows an answer of the gateway itself. */
  refused(answer: GatewayAnswer): void;
}

/** Writes one line for each call that a person can read. Node colours it where standard output is a terminal. */
export function humanTerminal(write: (text: string) => void = console.log, paint: Paint = styleText): Terminal {
  return {
    say: write,
    log: (functionName, text) => {
      const line = parse(text);
      if (!line) {
        if (text !== '') write(`[${functionName}] ${text}`);
      } else if (line.message === 'request') write(callLine(line, new Date(), paint));
      else if (line.message === 'fault') write(faultLines(line, new Date(), paint));
    },
    event: (event) => write(`[event] ${JSON.stringify(event)}`),
    refused: (answer) => write(gatewayLine(answer, new Date(), paint)),
  };
}

/** Writes the functions' log as it is, one JSON line for each, and what is said to a person elsewhere. */
export function jsonTerminal(write = console.log, say: (text: string) => void = console.error): Terminal {
  return {
    say,
    log: (functionName, text) => {
      if (text.startsWith('{')) write(text);
      else if (text !== '') say(`[${functionName}] ${text}`);
    },
    event: (event) => write(JSON.stringify({ message: 'event', event })),
    refused: () => undefined,
  };
}

/** Parses a line that a function wrote. Returns undefined for text that is none, such as a warning of Node. */
function parse(text: string): LogLine | undefined {
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return undefined;
  }
}
