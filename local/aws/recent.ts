/** Adds an item to a list and drops the oldest beyond the limit. Returns what was dropped. */
export function addRecent<Item>(items: Item[], item: Item, limit: number): readonly Item[] {
  items.push(item);
  return items.length > limit ? items.splice(0, items.length - limit) : [];
}
