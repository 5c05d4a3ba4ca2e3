/** The command line can't be carried out as typed: exit code 2. */
export class WrongUsage extends Error {}

/** The command line was fine and the answer is no, or none came: exit code 1. */
export class Refused extends Error {
  /** The API's error code, where it gave one. */
  readonly code: string | undefined;

  constructor(message: string, code?: string) {
    super(message);
    this.code = code;
  }
}
