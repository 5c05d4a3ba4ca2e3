// What flows are tested in: a world of fakes, one a port, in domain words. Each call of a port stands in one journal,
// so that a test can say what comes before what, break the world at any call, or let something happen in between.

/** The world is out. */
export class Outage extends Error {}

/** A call by its place, counted from 1, or by how it begins. */
type Place = number | string;
/**
 * What goes wrong at a call: it has no effect (`fails`), it has its effect but nobody learns of it (`answer lost`), or
 * the process ends before it (`dies`), so that no later call is made either.
 */
export type Fault = 'fails' | 'answer lost' | 'dies';

/** What a flow asked of the world, in the order in which it did. */
export class Journal {
  readonly calls: string[] = [];
  /** The same, with the intentions of changes and the outcomes of those that were not made. */
  readonly all: string[] = [];
  #broken: { fault: Fault; at: number } | undefined;
  readonly #events: { at: Place; happens: () => void }[] = [];
  readonly #watchers: (() => void)[] = [];
  #waves: string[][] | undefined;
  #wave: { readonly calls: string[]; readonly over: Promise<void> } | undefined;

  /** A call of a port: it is written down, then happens what was to come between, then the port answers. */
  begin(call: string): void {
    this.calls.push(call);
    const place = this.calls.length;
    if (this.#pass(call, place) === 'fails') throw new Outage(call);
  }

  /**
   * A call that stores a record of the audit trail. It never throws, unless the process dies: a store that is out is an
   * answer. Only tests of the audit trail look at a call `aside`.
   */
  beginRecord(call: string, isAside: boolean): Fault | undefined {
    if (!isAside) this.calls.push(call);
    return this.#pass(call, isAside ? undefined : this.calls.length);
  }

  #pass(call: string, place: number | undefined): Fault | undefined {
    this.all.push(call);
    const fault = this.#faultHere();
    for (const look of this.#watchers) look();
    const isHere = (at: Place) => (typeof at === 'number' ? place === at : call.startsWith(at));
    if (fault !== 'dies') for (const { at, happens } of [...this.#events]) if (isHere(at)) happens();
    for (const look of this.#watchers) look();
    if (fault === 'dies') throw new Outage(call);
    return fault;
  }

  #faultHere(): Fault | undefined {
    if (!this.#broken) return undefined;
    const { fault, at } = this.#broken;
    return this.all.length === at || (fault === 'dies' && this.all.length > at) ? fault : undefined;
  }

  /** Makes a port whose answers can get lost. Each of its methods begins with its call, if it makes one. */
  port<Port extends object>(port: Port): Port {
    const get = (target: Port, name: string | symbol): unknown => {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return async (...given: unknown[]) => {
        const before = this.all.length;
        const answer: unknown = Reflect.apply(method, target, given);
        const begun = this.all.slice(before);
        const isLost = begun.length > 0 && this.#faultHere() === 'answer lost';
        const answered = await answer;
        if (this.#waves && begun.length > 0) await this.#joinWave(this.#waves, begun);
        if (isLost) throw new Outage(this.all.at(-1));
        return answered;
      };
    };
    return new Proxy(port, { get });
  }

  /**
   * From now on every call of a port takes equally long. Calls that are made at the same time are one wave. Returns the
   * waves, which grow as calls are made.
   */
  inWaves(): readonly (readonly string[])[] {
    this.#waves = [];
    return this.#waves;
  }

  #joinWave(waves: string[][], calls: readonly string[]): Promise<void> {
    if (!this.#wave) {
      const over = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
        this.#wave = undefined;
      });
      this.#wave = { calls: [], over };
      waves.push(this.#wave.calls);
    }
    this.#wave.calls.push(...calls);
    return this.#wave.over;
  }

  /** Something looks at the world twice before each call: before and after what happens in between. */
  watch(look: () => void): void {
    this.#watchers.push(look);
  }

  /** One thing goes wrong, at a call by its place among all. */
  breakOnce(fault: Fault, at: number): void {
    this.#broken = { fault, at };
  }

  /** Something happens right before each such call takes effect. */
  meanwhile(at: Place, happens: () => void): void {
    this.#events.push({ at, happens });
  }

  /** Each such call fails, before it has any effect. */
  breakAt(at: Place): void {
    this.meanwhile(at, () => {
      throw new Outage(this.all.at(-1));
    });
  }

  /** Nothing fails or happens in between any more. */
  heal(): void {
    this.#events.length = 0;
    this.#broken = undefined;
  }
}
