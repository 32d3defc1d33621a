// The time of the node, told by a phone whose own clock may be wrong: its offset is measured whenever the node
// answers, kept, and added to the phone's clock from then on. Without a measure, or when the phone's clock was
// set back since, the time cannot be vouched for, and the app says so.

/** What is kept of a measure: offset of the node's clock, and the latest corrected time known; in seconds. */
export interface KeptClock {
  readonly offset: number;
  readonly latest: number;
}

/** Seconds by which two measures may differ without the clock having been changed. */
const LEEWAY = 60;

export class Clock {
  #offset: number | undefined;
  #latest = 0;

  constructor(kept?: KeptClock) {
    this.#offset = kept?.offset;
    this.#latest = kept?.latest ?? 0;
  }

  /** Take the node's time, whose answer was asked for at `asked` and came at `came` by the phone's clock (ms). */
  measure(nodeSeconds: number, asked: number, came: number): void {
    // The node tells whole seconds; half of one is the likeliest rest.
    this.#offset = nodeSeconds + 0.5 - (asked + came) / 2000;
    this.#latest = this.now();
  }

  /** Give the corrected time in whole seconds. */
  now(): number {
    return Math.floor(Date.now() / 1000 + (this.#offset ?? 0));
  }

  /** Say whether the node's clock was ever measured and the phone's was not set back since. */
  isTrusted(): boolean {
    return this.#offset !== undefined && this.now() >= this.#latest - LEEWAY;
  }

  /** Give the seconds by which the phone's clock is behind the node's, or undefined without a measure. */
  get offset(): number | undefined {
    return this.#offset;
  }

  /** Give what to keep. */
  keep(): KeptClock | undefined {
    if (this.#offset === undefined) return undefined;
    this.#latest = Math.max(this.#latest, this.now());
    return { offset: this.#offset, latest: this.#latest };
  }
}
