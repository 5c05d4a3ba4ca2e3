/** The provider pushed an error in the place of tokens (CIBA §12). */
export class PushedError extends Error {
  readonly code: string;
  readonly description: string | undefined;

  constructor(code: string, description: string | undefined) {
    super(`the provider pushed ${code}`);
    this.code = code;
    this.description = description;
  }
}
