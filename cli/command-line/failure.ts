/** The command line is wrong: exit code 2. */
export class WrongUsage extends Error {}

/** The command line is right, but the call was refused or got no answer: exit code 1. `message` says what happened. */
export class Refused extends Error {
  /** What to do now. It is printed after the message. */
  readonly next: string;
  /** The API's error code, if it sent one, or one of this command. */
  readonly code: string | undefined;

  constructor(message: string, next: string, code?: string) {
    super(message);
    this.next = next;
    this.code = code;
  }
}

/** Somebody pressed Ctrl-C: exit code 130, as a shell gives it. The message says what became of the command. */
export class Interrupted extends Error {
  constructor(message = 'Nothing was done.') {
    super(message);
  }
}
