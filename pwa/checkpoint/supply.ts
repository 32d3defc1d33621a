// Keeping a gate supplied: its host's bundle and the status lists of the regions it recognises, with deltas. The twin
// of src/comity/client/gate_sync.py: heights never go back, and what cannot be fetched stays as it was.

import { applyDelta, openBundle, readAnchor, readStatusList, type StatusList, type VerifierBundle } from "../core";
import { BUNDLE, HEIGHTS, kept, keptLists, REPORT, TAGS, type EnrolledGate, type Heights, type SupplyReport } from "./kept";
import { readIndex, type IndexedList } from "./list-index";
import { listName, packList, unpackList, type KeptList } from "./kept-list";
import { routeOf } from "./signed-request";

const CLOCK_LEEWAY = 60;
/** Deltas followed from one edition to the next; beyond that the whole list is less. */
const MOST_STEPS = 120;
const NOT_CHANGED = 304;

/** Why a fetch did not end well. */
export class SupplyFault extends Error {
  constructor(
    readonly why: "network" | "refused" | "clock",
    message: string,
  ) {
    super(message);
    this.name = "SupplyFault";
  }
}

interface Fetched {
  readonly data: Uint8Array<ArrayBuffer>;
  readonly tag: string | null;
}
type Tags = Record<string, string>;
export type Progress = (done: number, of: number) => void;

/** Supplies one gate on one device. */
export class Supply {
  #tags: Tags = {};
  readonly #refused: Record<string, string> = {};

  constructor(
    readonly gate: EnrolledGate,
    readonly progress: Progress,
  ) {}

  /** Fetch the bundle, then the lists of the host and, if `isWhole`, of all it recognises. Throws SupplyFault. */
  async sync(at: number, isWhole: boolean): Promise<SupplyReport> {
    const heights = (await kept.read<Heights>(HEIGHTS)) ?? { version: 0, issuedAt: 0, verifiedAt: 0 };
    if (at < heights.verifiedAt - CLOCK_LEEWAY) throw new SupplyFault("clock", "the clock stands before what has been verified");
    this.#tags = (await kept.read<Tags>(TAGS)) ?? {};
    const bundle = await this.#takeBundle(heights, at);
    const before = await kept.read<SupplyReport>(REPORT);
    const regions = isWhole ? [bundle.host, ...recognised(bundle)] : [bundle.host];
    for (const [done, region] of regions.entries()) {
      this.progress(done, regions.length);
      await this.#follow(region, bundle).catch((error: unknown) => this.#note(region, error));
    }
    this.progress(regions.length, regions.length);
    await kept.write(TAGS, this.#tags);
    const others = Object.entries(before?.refused ?? {}).filter(([region]) => region !== "bundle" && !regions.includes(region));
    const refused = { ...Object.fromEntries(others), ...this.#refused };
    const report = { at, ownAt: at, countryAt: isWhole ? at : (before?.countryAt ?? 0), refused };
    await kept.write(REPORT, report);
    return report;
  }

  async #takeBundle(heights: Heights, at: number): Promise<VerifierBundle> {
    const known = await kept.read<Uint8Array<ArrayBuffer>>(BUNDLE);
    const anchor = readAnchor(this.gate.anchor);
    const fetched = await fetchNewer("bundle", known === undefined ? undefined : this.#tags["bundle"]).catch((error: unknown) => {
      if (known === undefined) throw error;
      this.#note("bundle", error);
      return null;
    });
    if (fetched === null) return openBundle(known!, anchor);
    const bundle = await openBundle(fetched.data, anchor);
    requireNewer(bundle, heights, at);
    await kept.write(BUNDLE, fetched.data);
    await kept.change<Heights>(HEIGHTS, (reached = heights) => ({
      version: Math.max(Number(bundle.version), reached.version),
      issuedAt: Math.max(bundle.issuedAt, reached.issuedAt),
      verifiedAt: Math.max(at, reached.verifiedAt),
    }));
    this.#remember("bundle", fetched);
    return bundle;
  }

  /** Bring the lists of one region to the editions its index names. */
  async #follow(region: string, bundle: VerifierBundle): Promise<void> {
    const isOwn = region === bundle.host;
    const folder = isOwn ? "" : `country/${region}/`;
    const [lists, deltas] = isOwn ? ["status", "status-deltas"] : ["status-hourly", "status-hourly-deltas"];
    const name = `${region}/status`;
    const fetched = await fetchNewer(`${folder}status`, this.#tags[name]);
    if (fetched === null) return;
    for (const entry of readIndex(fetched.data, region)) {
      const packed = await keptLists.read<KeptList>(listName(region, entry.number));
      const known = packed === undefined ? null : await unpackList(packed, bundle);
      const goal = isOwn ? entry.issuedAt : entry.hourlyAt;
      if (known !== null && known.issuedAt >= goal) continue;
      const after =
        (known === null ? null : await byDeltas(`${folder}${deltas}`, known, entry, goal, bundle)) ??
        (await whole(`${folder}${lists}`, region, entry, bundle));
      if (known !== null && after.issuedAt < known.issuedAt) throw new SupplyFault("refused", "a list is older than the one here");
      await keptLists.write(listName(region, entry.number), await packList(after, entry.number));
    }
    this.#remember(name, fetched);
  }

  #note(what: string, error: unknown): void {
    this.#refused[what] = error instanceof Error ? error.message : String(error);
  }

  #remember(name: string, fetched: Fetched): void {
    if (fetched.tag === null) delete this.#tags[name];
    else this.#tags[name] = fetched.tag;
  }
}

/** Give the regions other than the host whose passes a bundle's host honours, now or to come. */
export function recognised(bundle: VerifierBundle): string[] {
  const all = new Set([...bundle.recognitions.keys(), ...bundle.referrals.keys()]);
  all.delete(bundle.host);
  return [...all].sort();
}

function requireNewer(bundle: VerifierBundle, heights: Heights, at: number): void {
  if (Number(bundle.version) < heights.version || bundle.issuedAt < heights.issuedAt - CLOCK_LEEWAY) {
    throw new SupplyFault("refused", "the bundle is older than one verified before: rolled back");
  }
  if (at >= bundle.expiresAt) throw new SupplyFault("refused", "the bundle has expired, so it may be frozen");
}

/** Go from edition to edition; null where the deltas do not lead there. */
async function byDeltas(
  folder: string,
  from: StatusList,
  entry: IndexedList,
  goal: number,
  bundle: VerifierBundle,
): Promise<StatusList | null> {
  let known = from;
  for (let step = 0; step < MOST_STEPS && known.issuedAt < goal; step++) {
    const fetched = await fetchNewer(`${folder}/${from.signer}-${entry.number}-${known.issuedAt}.cbor`).catch(() => null);
    if (fetched === null) return null;
    try {
      known = await applyDelta(known, fetched.data, bundle);
    } catch {
      return null;
    }
  }
  return known.issuedAt >= goal ? known : null;
}

async function whole(folder: string, region: string, entry: IndexedList, bundle: VerifierBundle): Promise<StatusList> {
  const fetched = await fetchNewer(`${folder}/${listName(region, entry.number)}`);
  if (fetched === null) throw new SupplyFault("refused", "a list is said to be unchanged, which nobody asked");
  const found = await readStatusList(fetched.data, bundle);
  if (found.signer !== region || found.uri !== `cm:${region}/${entry.number}`) {
    throw new SupplyFault("refused", "a list is another one than its name says");
  }
  return found;
}

/** Fetch a file of the node unless it is still the one with this tag: then null. Throws SupplyFault. */
async function fetchNewer(path: string, tag?: string): Promise<Fetched | null> {
  let answer: Response;
  try {
    answer = await fetch(routeOf(path), { cache: "no-store", headers: tag === undefined ? {} : { "If-None-Match": tag } });
    if (answer.status === NOT_CHANGED) return null;
    if (answer.ok) return { data: new Uint8Array(await answer.arrayBuffer()), tag: answer.headers.get("etag") };
  } catch {
    throw new SupplyFault("network", `${path} could not be fetched`);
  }
  throw new SupplyFault("network", `${path}: ${answer.status}`);
}
