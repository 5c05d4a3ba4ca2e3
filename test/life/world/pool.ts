import type { Result } from '../../../provider/core/result.ts';
import type { MakeCall } from './dynamodb-client.ts';
import type { Invocation } from './invocation.ts';
import type { Scheduler } from './scheduler.ts';

type Instance<Ports> = { readonly ports: Ports; invocation: Invocation | undefined };

/** Makes what an instance runs with. It makes calls, and knows its invocation of the moment. */
type Compose<Ports> = (make: MakeCall, running: () => Invocation | undefined) => Ports;

/** What came of an invocation for its caller. A caller whose function died gets nothing. */
export type Outcome<Value> = Result<Value> | { readonly ok: false; readonly fault: unknown };

/**
 * The instances of one function. Each handles one invocation at a time and stays warm after it: what it remembers of
 * clients and keys is remembered in the next one. An instance that died is gone.
 */
export class Pool<Ports> {
  readonly #scheduler: Scheduler;
  readonly #compose: Compose<Ports>;
  readonly #timeoutSeconds: number;
  readonly #instances: Instance<Ports>[] = [];

  constructor(scheduler: Scheduler, compose: Compose<Ports>, timeoutSeconds: number) {
    this.#scheduler = scheduler;
    this.#compose = compose;
    this.#timeoutSeconds = timeoutSeconds;
  }

  /** Invokes the function. `told` hears what its caller hears. */
  async invoke<Value>(
    call: { readonly title: string; readonly isTold: boolean },
    work: (ports: Ports, invocation: Invocation) => Promise<Result<Value>>,
    told: (outcome: Outcome<Value>, invocation: Invocation) => void,
  ): Promise<Invocation> {
    const instance = this.#free();
    return this.#scheduler.start({ ...call, timeoutSeconds: this.#timeoutSeconds }, async (invocation) => {
      instance.invocation = invocation;
      try {
        told(await work(instance.ports, invocation), invocation);
      } catch (fault) {
        told({ ok: false, fault }, invocation);
      }
    });
  }

  #free(): Instance<Ports> {
    const free = this.#instances.find(({ invocation }) => invocation?.state === 'over');
    if (free) return free;
    const made: { invocation: Invocation | undefined } = { invocation: undefined };
    const make: MakeCall = (call) => {
      if (!made.invocation) throw new Error('a call outside of an invocation');
      return this.#scheduler.call(made.invocation, call);
    };
    const instance = Object.assign(made, { ports: this.#compose(make, () => made.invocation) });
    this.#instances.push(instance);
    return instance;
  }
}
