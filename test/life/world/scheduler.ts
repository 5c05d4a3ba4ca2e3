import { type Fate, fateOf, HOW } from './fates.ts';
import type { CallOf, Invocation, MadeCall } from './invocation.ts';
import type { Story } from './story.ts';

type Pending = {
  readonly invocation: Invocation;
  readonly words: string;
  readonly isRepeated: boolean;
  readonly made: MadeCall;
  readonly attempt: number;
  /** Takes effect, and keeps what is to be answered. */
  land(attempt: number): void;
  /** Gives the caller what was kept. */
  answer(): void;
  giveUp(): void;
};

/**
 * Decides when each call of each invocation takes effect. Nothing goes on by itself: every call waits until it is
 * stepped. So the moves of a run decide the order of everything, and the same moves lead to the same run.
 */
export class Scheduler {
  readonly #story: Story;
  readonly #clock: () => number;
  /** Calls that wait, those of ended invocations too: they are on their way. */
  #pending: Pending[] = [];
  readonly invocations: Invocation[] = [];
  /** Whose call takes effect at the moment. */
  current: Invocation | undefined;
  #place = 0;

  constructor(story: Story, clock: () => number) {
    this.#story = story;
    this.#clock = clock;
  }

  /** The place of this moment in the order of everything that happens. */
  next(): number {
    this.#place += 1;
    return this.#place;
  }

  isWaiting(invocation: Invocation): boolean {
    return this.#pending.some((call) => call.invocation === invocation);
  }

  /** Starts an invocation, and lets it run to its first calls. */
  async start(
    { title, timeoutSeconds, isTold }: Pick<Invocation, 'title' | 'timeoutSeconds' | 'isTold'>,
    run: (invocation: Invocation) => Promise<void>,
  ): Promise<Invocation> {
    const invocation: Invocation = {
      number: this.invocations.length + 1,
      title,
      timeoutSeconds,
      isTold,
      startedAt: this.next(),
      startedClock: this.#clock(),
      state: 'running',
      calls: [],
      isDisturbed: false,
    };
    this.invocations.push(invocation);
    run(invocation).finally(() => {
      if (invocation.state === 'running') invocation.state = 'over';
      invocation.endedAt = this.next();
    });
    await settled();
    return invocation;
  }

  /** A call of an invocation. The promise stays open until the call is stepped, and for ever if the function ends. */
  call<Answer>(invocation: Invocation, { words, kind, effect, outage, isRepeated = true }: CallOf<Answer>) {
    const made: MadeCall = { kind, issuedAt: this.next(), clock: this.#clock() };
    invocation.calls.push(made);
    return new Promise<Answer>((resolve, reject) => {
      let kept = () => resolve(outage());
      const settle = (get: () => Answer) => {
        try {
          const answer = get();
          return () => resolve(answer);
        } catch (error) {
          return () => reject(error);
        }
      };
      this.#pending.push({
        invocation,
        words,
        isRepeated,
        made,
        attempt: 1,
        land: (attempt) => {
          this.current = invocation;
          kept = settle(() => effect(attempt));
          this.current = undefined;
          made.effectAt ??= this.next();
        },
        answer: () => kept(),
        giveUp: () => settle(outage)(),
      });
    });
  }

  /** Lets one call of those that wait meet its fate. */
  async step(index: number, fate: Fate): Promise<void> {
    const call = this.#pending[index % Math.max(1, this.#pending.length)];
    if (!call) return;
    this.#remove(call);
    if (call.invocation.state === 'running') this.#meet(call, fate);
    else this.#arrive(call);
    await settled();
  }

  /** Lets all calls of an invocation be answered until it is over, or as many as are wanted. */
  async finish(invocation: Invocation, mostCalls = Number.POSITIVE_INFINITY): Promise<void> {
    for (let calls = 0; calls < mostCalls; calls += 1) {
      if (!this.isWaiting(invocation)) return;
      await this.meet(invocation, 'answered');
    }
  }

  /** Lets the call of an invocation that waits longest meet its fate. */
  async meet(invocation: Invocation, fate: Fate): Promise<void> {
    const index = this.#pending.findIndex((one) => one.invocation === invocation);
    if (index >= 0) await this.step(index, fate);
  }

  /** Before time passes, everything arrives that is on its way, and what ran for too long ends. */
  async passTime(now: number): Promise<void> {
    for (const call of this.#pending.filter(({ invocation }) => invocation.state !== 'running')) {
      this.#remove(call);
      this.#arrive(call);
    }
    for (const invocation of this.invocations)
      if (invocation.state === 'running' && now >= invocation.startedClock + invocation.timeoutSeconds)
        this.#die(invocation, 'runs into its time-out');
    await settled();
  }

  #meet(call: Pending, given: Fate): void {
    const { invocation, words, made, attempt } = call;
    const fate = fateOf(call, given);
    made.fate = fate;
    if (fate !== 'answered' && fate !== 'throttled') invocation.isDisturbed = true;
    if (fate !== 'answered' || invocation.isTold) this.#tell(invocation, words, fate);
    switch (fate) {
      case 'answered':
      case 'throttled':
        call.land(fate === 'throttled' ? attempt + 1 : attempt);
        call.answer();
        break;
      case 'answer lost':
        call.land(attempt);
        this.#pending.push({ ...call, attempt: attempt + 1 });
        break;
      case 'overtaken':
        this.#pending.push({ ...call, attempt: attempt + 1 }, { ...call, invocation: late(invocation) });
        break;
      case 'fails':
        call.giveUp();
        break;
      case 'unanswered':
        call.land(attempt);
        call.giveUp();
        break;
      default:
        this.#crash(call, fate);
    }
  }

  /** The function ends. What it had sent may be on its way still. */
  #crash(call: Pending, fate: 'dies before' | 'dies after' | 'dies meanwhile'): void {
    const { invocation } = call;
    if (fate === 'dies after') call.land(call.attempt);
    if (fate === 'dies meanwhile') this.#pending.push(call);
    else this.#pending = this.#pending.filter((one) => one.invocation !== invocation);
    this.#end(invocation);
  }

  #arrive(call: Pending): void {
    this.#story.tell(`  What was on its way arrives: ${call.invocation.title} ${call.words}.`);
    call.land(call.attempt);
  }

  #die(invocation: Invocation, how: string): void {
    this.#story.tell(`  ${invocation.title} ${how}.`);
    this.#pending = this.#pending.filter((one) => one.invocation !== invocation);
    this.#end(invocation);
  }

  #end(invocation: Invocation): void {
    invocation.state = 'dead';
    invocation.isDisturbed = true;
    invocation.endedAt = this.next();
  }

  #remove(call: Pending): void {
    this.#pending = this.#pending.filter((one) => one !== call);
  }

  #tell(invocation: Invocation, words: string, fate: Fate): void {
    this.#story.tell(`  ${invocation.title} ${words}${HOW[fate]}.`);
  }
}

/** The same invocation for a try that nobody waits for. */
function late(invocation: Invocation): Invocation {
  return { ...invocation, state: 'over' };
}

/** Resolves when everything that can go on without a call has gone on. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
