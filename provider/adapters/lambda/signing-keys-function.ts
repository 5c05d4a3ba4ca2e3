import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';

/** Sends orders to the only function that may write signing keys. */
export class SigningKeysFunction {
  readonly #lambda: LambdaClient;
  readonly #name: string;

  constructor(lambda: LambdaClient, name: string) {
    this.#lambda = lambda;
    this.#name = name;
  }

  /** Creates missing keys and moves keys that are due. False if the function failed; its own log says why. */
  async rotate(by: string): Promise<boolean> {
    const { FunctionError } = await this.#lambda.send(
      new InvokeCommand({ FunctionName: this.#name, Payload: JSON.stringify({ action: 'rotate', by }) }),
    );
    // Lambda answers 200 even if the function threw. Only this member shows it.
    return FunctionError === undefined;
  }
}
