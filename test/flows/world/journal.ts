// What flows are tested in: a world of fakes, one a port, in domain words. Each call of a port stands in one journal, so
// that a test can say what comes before what, break the world at any call, or let something happen in between.

/** The world is out. */
export class Outage extends Error {}

/** A call by its place, counted from 1, or by how it begins. */
type Place = number | string;

/** What a flow asked of the world, in the order in which it did. */
export class Journal {
  readonly calls: string[] = [];
  readonly #failed: string[] = [];
  #broken = { first: Number.POSITIVE_INFINITY, last: Number.POSITIVE_INFINITY };
  readonly #events: { at: Place; happens: () => void }[] = [];

  /** The same, with the intentions of changes and the outcomes of those that were not made. */
  readonly all: string[] = [];

  /** A call of a port: it is written down, then happens what was to come between, then the port answers. */
  begin(call: string): void {
    this.calls.push(call);
    this.#pass(call, this.calls.length);
  }

  /** A call that only tests of the audit trail look at. */
  beginAside(call: string): void {
    this.#pass(call, undefined);
  }

  #pass(call: string, place: number | undefined): void {
    this.all.push(call);
    if (this.all.length >= this.#broken.first && this.all.length <= this.#broken.last) {
      this.#failed.push(call);
      throw new Outage(call);
    }
    const isHere = (at: Place) => (typeof at === 'number' ? place === at : call.startsWith(at));
    for (const { at, happens } of [...this.#events]) if (isHere(at)) happens();
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

  /** The calls from one place among all to another fail, before they have any effect. */
  breakFrom(first: number, last: number): void {
    this.#broken = { first, last };
  }

  /** Whether a call of this kind was among those that failed. */
  brokeAt(kind: RegExp): boolean {
    return this.#failed.some((call) => kind.test(call));
  }

  /** Nothing fails or happens in between any more. */
  heal(): void {
    this.#events.length = 0;
  }
}
