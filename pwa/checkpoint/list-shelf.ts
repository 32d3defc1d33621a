// The status lists of the whole country at hand: all of them small in memory, those just used whole.

import { readText, type StatusList, type StatusLists, type VerifierBundle } from "../core";
import { keptLists } from "./kept";
import { listName, unpackList, type KeptList } from "./kept-list";

/** Lists kept whole at most: one of 25 million passes takes 6 MB. */
const MOST_WHOLE = 8;
const NONE: StatusLists = new Map();

export class ListShelf {
  #known = new Map<string, KeptList>();
  readonly #whole = new Map<string, StatusList>();

  /** Take every kept list from the disk. */
  async load(): Promise<void> {
    this.#known = await keptLists.all<KeptList>();
    this.#whole.clear();
  }

  get size(): number {
    return this.#known.size;
  }

  /** Give when the oldest list of each region was made. */
  asOf(): Record<string, number> {
    const found: Record<string, number> = {};
    for (const { region, issuedAt } of this.#known.values()) found[region] = Math.min(issuedAt, found[region] ?? issuedAt);
    return found;
  }

  /** Give the list that a shown text refers to, if it is here, as what `verify` takes. */
  async listsFor(text: string, bundle: VerifierBundle): Promise<StatusLists> {
    const name = nameFor(text, bundle.isTest);
    if (name === null) return NONE;
    const whole = this.#whole.get(name) ?? (await this.#open(name, bundle));
    if (whole === null) return NONE;
    this.#whole.delete(name); // those just used stand last
    this.#whole.set(name, whole);
    return new Map([[name, whole]]);
  }

  async #open(name: string, bundle: VerifierBundle): Promise<StatusList | null> {
    const known = this.#known.get(name);
    const whole = known === undefined ? null : await unpackList(known, bundle);
    if (whole === null) return null;
    const oldest = this.#whole.keys().next();
    if (this.#whole.size >= MOST_WHOLE && !oldest.done) this.#whole.delete(oldest.value);
    return whole;
  }
}

/** Give the name of the list that a text refers to, before anything in it is vouched for; null where it names none. */
function nameFor(text: string, isTest: boolean): string | null {
  try {
    const { issuer, status } = readText(text, isTest).pass.claims;
    const found = /^cm:\d{6}\/(\d{1,9})$/.exec(status?.uri ?? "");
    return found === null ? null : listName(issuer, Number(found[1]));
  } catch {
    return null;
  }
}
