// Building and finding elements. Text always becomes a text node: nothing from the wire is ever parsed as HTML.

/**
 * The element with this id; its absence is a mistake in demo.html.
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`demo.html has no #${id}`);
  return found;
}

/**
 * An input, select or button by id.
 * @param {string} id
 * @returns {HTMLInputElement}
 */
export function field(id) {
  return /** @type {HTMLInputElement} */ (byId(id));
}

/**
 * A new element. An attribute of `true` is set empty; `false` and `undefined` are left out.
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
 * Minutes and seconds, as a person reads a countdown: 75 is `1:15`.
 * @param {number} seconds
 */
export function minutesAndSeconds(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
