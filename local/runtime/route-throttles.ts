import { functions } from '../../infra/functions/deployed-functions.ts';
import {
  type FunctionSpec,
  type RouteThrottle,
  type Throttle,
  throttleOf,
} from '../../provider/core/operating/function-spec.ts';

/** The calls that a route still lets through: `left` of them at the instant `since`, in milliseconds. */
type Bucket = { readonly left: number; readonly since: number };

/** Throttles by the member of the setting `throttles`, instead of those of the functions. */
export type ThrottleSettings = Partial<Readonly<Record<RouteThrottle['setting'], Throttle>>>;

/**
 * The throttles of API Gateway: a token bucket for each route, which counts the calls of all callers together. It holds
 * `burst` calls and gains `rate` of them a second. API Gateway calls its throttles targets; here they are exact.
 */
export class RouteThrottles {
  readonly #throttles = new Map<string, Throttle>();
  readonly #buckets = new Map<string, Bucket>();
  readonly #milliseconds: () => number;

  constructor(settings: ThrottleSettings = {}, milliseconds: () => number = () => performance.now()) {
    this.#milliseconds = milliseconds;
    for (const spec of Object.values<FunctionSpec>(functions)) {
      const throttle = throttleOf(spec, settings);
      if (throttle) for (const route of spec.routes) this.#throttles.set(route, throttle);
    }
  }

  /** Takes one call of a route. False if the route lets none through now. */
  take(route: string): boolean {
    const throttle = this.#throttles.get(route);
    if (!throttle) return true;
    const now = this.#milliseconds();
    const { left, since } = this.#buckets.get(route) ?? { left: throttle.burst, since: now };
    const available = Math.min(throttle.burst, left + ((now - since) / 1000) * throttle.rate);
    const isLetThrough = available >= 1;
    this.#buckets.set(route, { left: isLetThrough ? available - 1 : available, since: now });
    return isLetThrough;
  }
}
