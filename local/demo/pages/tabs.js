// A tab list as in the ARIA practices, with one tab stop, arrow keys, Home and End.

/**
 * @param {HTMLElement} tablist
 * @param {(tab: HTMLElement) => void} onSelect
 * @returns {(tab: HTMLElement) => void} selects a tab from outside
 */
export function runTabs(tablist, onSelect) {
  const tabs = /** @type {HTMLElement[]} */ ([...tablist.querySelectorAll('[role="tab"]')]);
  const select = (/** @type {HTMLElement} */ chosen) => {
    if (chosen.getAttribute('aria-selected') === 'true') return;
    for (const tab of tabs) {
      tab.setAttribute('aria-selected', String(tab === chosen));
      tab.tabIndex = tab === chosen ? 0 : -1;
    }
    onSelect(chosen);
  };
  for (const tab of tabs) tab.addEventListener('click', () => select(tab));
  tablist.addEventListener('keydown', (event) => {
    const target = neighbour(tabs, event.key);
    if (!target) return;
    event.preventDefault();
    target.focus();
    select(target);
  });
  return select;
}

/**
 * @param {HTMLElement[]} tabs
 * @param {string} key
 */
function neighbour(tabs, key) {
  const at = tabs.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  switch (key) {
    case 'ArrowRight':
    case 'ArrowDown':
      return tabs[(at + 1) % tabs.length];
    case 'ArrowLeft':
    case 'ArrowUp':
      return tabs.at(at - 1);
    case 'Home':
      return tabs[0];
    case 'End':
      return tabs.at(-1);
    default:
      return undefined;
  }
}
