// The number that the user types on the phone (docs/number-matching.md).

import { byId, field } from '../elements.js';

/**
 * Shows the field for another request, empty, if the phone has to enter a number.
 * @param {unknown} numbers who has to enter a number, if anybody
 */
export function askForNumber(numbers) {
  byId('phone-number').hidden = numbers !== 'phone_enters';
  field('phone-number-typed').value = '';
}

/**
 * Returns what was typed, if the phone has to enter a number.
 * @param {unknown} numbers
 */
export function typedNumber(numbers) {
  return numbers === 'phone_enters' ? field('phone-number-typed').value.trim() : undefined;
}

/**
 * Empties the field, and says how many more wrong numbers the request bears.
 * @param {number} left
 */
export function wrongNumber(left) {
  field('phone-number-typed').value = '';
  return `That is not the number. ${left} more ${left === 1 ? 'try' : 'tries'}.`;
}
