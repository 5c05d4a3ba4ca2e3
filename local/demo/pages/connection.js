// Whether the provider answers. While it does not, this looks for it once a second.

/** @typedef {{ client_id: string, client_name: string, client_secret?: string }} SeededClient */
/** @typedef {{ sub: string, login_hint: string, name?: string }} SeededUser */
/**
 * The answer of GET /local/demo: the first client and user, all clients and users, and how often a user may be asked.
 * `authority` is the file with the authority of the provider's certificate, where it has one.
 * @typedef {{ issuer: string, authority?: string, client_id: string, client_secret: string, login_hint: string, clients: SeededClient[],
 *   users: SeededUser[], limits: { perMinute: number, perHour: number } }} Demo
 */

const LOOK_EVERY_MS = 1000;

/** Dispatches `lost` when a call gets no answer, and `back` when the provider answers again. */
export class Connection extends EventTarget {
  isUp = true;
  /** @param {Demo} demo what the provider has seeded */
  constructor(demo) {
    super();
    this.demo = demo;
  }

  /** Waits until the provider has seeded its clients and users. */
  static async open() {
    return new Connection(await whenReady());
  }

  /** Says that a call got no answer. */
  async lost() {
    if (!this.isUp) return;
    this.isUp = false;
    this.dispatchEvent(new Event('lost'));
    this.demo = await whenReady();
    this.isUp = true;
    this.dispatchEvent(new Event('back'));
  }
}

/** @returns {Promise<Demo>} */
async function whenReady() {
  for (;;) {
    const demo = await fetch('/local/demo', { cache: 'no-store' })
      .then((response) => (response.ok ? response.json() : undefined))
      .catch(() => undefined);
    // It listens before it has made its clients and users.
    if (demo?.client_id && demo.login_hint) {
      if (demo.authority) document.documentElement.dataset['authority'] = demo.authority;
      return demo;
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}
