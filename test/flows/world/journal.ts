// What flows are tested in: a world of fakes, one a port, in domain words. Each call of a port stands in one journal, so
// that a test can say what comes before what, break the world at any call, or let something happen in between.

/** The world is out. */
export class Outage extends Error {}

/** A call by its place, counted from 1, or by how it begins. */
type Place = number | string;

/** What a flow asked of the world, in the order in which it did. */
export class Journal {
  readonly calls: string[] = [];
  readonly #events: { at: Place; happens: () => void }[] = [];

  /** A call of a port: it is written down, then happens what was to come between, then the port answers. */
  begin(call: string): void {
    this.calls.push(call);
    const isHere = (at: Place) => (typeof at === 'number' ? this.calls.length === at : call.startsWith(at));
    for (const { at, happens } of [...this.#events]) if (isHere(at)) happens();
  }

  /** Something happens right before each such call takes effect. */
  meanwhile(at: Place, happens: () => void): void {
    this.#events.push({ at, happens });
  }

  /** Each such call fails, before it has any effect. */
  breakAt(at: Place): void {
    this.meanwhile(at, () => {
      throw new Outage(this.calls.at(-1));
    });
  }

  /** Nothing fails or happens in between any more. */
  heal(): void {
    this.#events.length = 0;
  }
}
