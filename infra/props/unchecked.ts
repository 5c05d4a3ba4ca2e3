import type { Duration } from 'aws-cdk-lib';

// Steps from properties to settings. An app in JavaScript may give anything, so each step leaves what it does not expect
// as it is, for the schema to refuse.

/** Maps an object. */
export function within<Of extends object, To>(of: Of, map: (of: Of) => To): To;
export function within<Of extends object, To>(of: Of | undefined, map: (of: Of) => To): To | undefined;
export function within(of: unknown, map: (of: object) => unknown): unknown {
  return typeof of === 'object' && of !== null ? map(of) : of;
}

/** Returns a member of a construct, such as its ARN. */
export function memberOf<Of extends object, Name extends keyof Of>(of: Of, name: Name): Of[Name];
export function memberOf<Of extends object, Name extends keyof Of>(
  of: Of | undefined,
  name: Name,
): Of[Name] | undefined;
export function memberOf(of: unknown, name: PropertyKey): unknown {
  return typeof of === 'object' && of !== null && name in of ? Reflect.get(of, name) : of;
}

export function secondsOf(time: Duration): number;
export function secondsOf(time: Duration | undefined): number | undefined;
export function secondsOf(time: Duration | undefined): unknown {
  return amountOf(time, 'toSeconds');
}

export function minutesOf(time: Duration | undefined): number | undefined {
  return amountOf(time, 'toMinutes');
}

export function daysOf(time: Duration | undefined): number | undefined {
  return amountOf(time, 'toDays');
}

/** A time of another copy of CDK is no instance of this one's class, so its methods tell what it is. */
function amountOf(time: Duration | undefined, unit: 'toSeconds' | 'toMinutes' | 'toDays'): number | undefined;
function amountOf(time: unknown, unit: 'toSeconds' | 'toMinutes' | 'toDays'): unknown {
  const isTime = (value: unknown): value is Duration => typeof value === 'object' && value !== null && unit in value;
  return isTime(time) ? time[unit]({ integral: false }) : time;
}

/** Leaves out members that are undefined, at every depth: an app that sets one so means that it is not there. */
export function withoutUndefined(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const given = Object.entries(value).filter(([, one]) => one !== undefined);
  return Object.fromEntries(given.map(([name, one]) => [name, withoutUndefined(one)]));
}
