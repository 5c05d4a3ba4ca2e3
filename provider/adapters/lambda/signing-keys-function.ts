import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';

/** Orders to the function that alone may write signing keys. */
export class SigningKeysFunction {
  readonly #lambda: LambdaClient;
  readonly #name: string;

  constructor(lambda: LambdaClient, name: string) {
    this.#lambda = lambda;
    this.#name = name;
  }

  /** Creates what is missing and moves what is due. False when the function failed; its own log says why. */
  async rotate(by: string): Promise<boolean> {
    const { FunctionError } = await this.#lambda.send(
      new InvokeCommand({ FunctionName: this.#name, Payload: JSON.stringify({ action: 'rotate', by }) }),
    );
    // Lambda answers 200 when the function threw; only this member tells.
    return FunctionError === undefined;
  }
}
