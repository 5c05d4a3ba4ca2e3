// Finds and makes elements. Text always becomes a text node, so nothing from the wire is parsed as HTML.

/**
 * Finds the element with this id. Throws if demo.html has none.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`demo.html has no #${id}`);
  return found;
}

/**
 * Finds an input, select or button by its id.
 * @param {string} id
 * @returns {HTMLInputElement}
 */
export function field(id) {
  return /** @type {HTMLInputElement} */ (byId(id));
}

/**
 * Makes an element. An attribute that is `true` is set to the empty text; `false` and `undefined` are left out.
 * @param {string} tag
 * @param {Record<string, string | boolean | undefined>} attributes
 * @param {...(Node | string)} children
 * @returns {HTMLElement}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    made.setAttribute(name, value === true ? '' : value);
  }
  made.append(...children);
  return made;
}

/**
 * Formats seconds for a countdown: 75 is `1:15`.
 * @param {number} seconds
 */
function minutesAndSeconds(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/**
 * Says how long something still waits: minutes and seconds, or from an hour on hours or days.
 * @param {number} seconds
 */
export function timeLeft(seconds) {
  const minutes = Math.floor(Math.max(0, seconds) / 60);
  const hours = Math.floor(minutes / 60);
  if (hours < 1) return minutesAndSeconds(seconds);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} days ${hours % 24} h`;
}

/**
 * Sets a text only if it changes, so that a screen reader does not repeat it.
 * @param {string} id
 * @param {string} text
 */
export function say(id, text) {
  if (byId(id).textContent !== text) byId(id).textContent = text;
}

/**
 * Formats an instant as the time of day here: 12:04, or 12:04:31 with seconds.
 * @param {number} milliseconds epoch milliseconds
 * @param {{ seconds?: boolean }} [options]
 */
export function timeOfDay(milliseconds, { seconds = false } = {}) {
  return new Date(milliseconds).toLocaleTimeString('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    ...(seconds && { second: '2-digit' }),
  });
}
