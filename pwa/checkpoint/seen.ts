// Codes seen a moment ago: noted, never refused. Kept in memory only, as hashes under a salt of this launch.

/** Milliseconds for which a code is remembered. */
const MOMENT = 120_000;
/** Milliseconds without sight after which the camera sees another showing of the same code. */
const SHOWING = 4_000;
const MOST = 512;

export class Seen {
  readonly #salt = crypto.getRandomValues(new Uint8Array(16));
  readonly #times = new Map<string, number>();
  readonly #showing = new Set<string>();
  #at = 0;

  /** Give what stands for bytes here, and nowhere else. */
  async hash(bytes: Uint8Array): Promise<string> {
    const hash = await crypto.subtle.digest("SHA-256", new Uint8Array([...this.#salt, ...bytes]));
    return String.fromCharCode(...new Uint8Array(hash, 0, 16));
  }

  /** Say whether this is still the showing that was answered last, at an instant (ms). */
  isShowing(hash: string, at: number): boolean {
    const isSame = this.#showing.has(hash) && at - this.#at < SHOWING;
    if (isSame) this.#at = at;
    return isSame;
  }

  /** The showing goes on: what was answered last is not answered again. */
  goOn(at: number): void {
    this.#at = at;
  }

  /** Add another face of the showing, such as the next signature of the same phone. */
  alsoShown(hash: string): void {
    if (this.#showing.size < MOST) this.#showing.add(hash);
  }

  /** Note a code that was answered, by its text and its pass; gives the milliseconds since it was seen before, or null. */
  note(text: string, pass: string, at: number): number | null {
    this.#showing.clear();
    this.#showing.add(text).add(pass);
    this.#at = at;
    const known = this.#times.get(pass);
    this.#times.delete(pass);
    this.#times.set(pass, at);
    for (const [each, time] of this.#times) {
      if (at - time <= MOMENT && this.#times.size <= MOST) break;
      this.#times.delete(each);
    }
    return known === undefined || at - known > MOMENT ? null : at - known;
  }
}
