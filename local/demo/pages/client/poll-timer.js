// The waits between the polls of a client.

/** Waits between polls. `hurry` ends the current wait at once, `pause` stops polling, `end` ends the login. */
export class PollTimer extends EventTarget {
  isOver = false;
  isPaused = false;
  /** Whether nothing is sent, because the provider does not answer. */
  isHeld = false;
  /** Whether the next poll is to be too early. */
  isTooEarly = false;

  hurry() {
    this.dispatchEvent(new Event('go'));
  }

  pollTooEarly() {
    this.isTooEarly = true;
    this.hurry();
  }

  pause() {
    this.isPaused = true;
    this.hurry();
  }

  resume() {
    this.isPaused = false;
    this.hurry();
  }

  hold() {
    this.isHeld = true;
    this.hurry();
  }

  release() {
    this.isHeld = false;
    this.hurry();
  }

  end() {
    this.isOver = true;
    this.hurry();
  }

  /** @param {number} milliseconds */
  wait(milliseconds) {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.removeEventListener('go', done);
        resolve(undefined);
      };
      // A pause has no end of its own. Longer waits than this overflow.
      const timer = setTimeout(done, Math.min(milliseconds, 2 ** 31 - 1));
      this.addEventListener('go', done);
    });
  }
}
