// The place where the story plays. It changes when the story has come to its good end.

import { byId } from '../elements.js';

/** @param {import('./endings.js').Ended | undefined} ended undefined before the end */
export function showScene(ended) {
  const isGood = ended?.state === 'approved';
  byId('line-caller').textContent = isGood ? `${ended.name}, verified` : 'caller on the line';
  byId('bike-state').textContent = isGood ? 'unlocked' : 'locked';
}
