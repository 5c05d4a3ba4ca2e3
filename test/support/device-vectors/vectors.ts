import { ANSWERS } from './answers.ts';
import { CHANGES } from './changes.ts';
import { ENROLMENTS } from './enrolments.ts';
import { READINGS } from './readings.ts';
import type { Vector } from './vector.ts';

/** All vectors, in the order in which they are called. */
export const VECTORS: readonly Vector[] = [...READINGS, ...ENROLMENTS, ...ANSWERS, ...CHANGES];
