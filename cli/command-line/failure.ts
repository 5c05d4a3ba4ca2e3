/** The command line is wrong: exit code 2. */
export class WrongUsage extends Error {}

/** The command line is right, but the call was refused or got no answer: exit code 1. */
export class Refused extends Error {
  /** The API's error code, if it sent one, or one of this command. */
  readonly code: string | undefined;

  constructor(message: string, code?: string) {
    super(message);
    this.code = code;
  }
}
