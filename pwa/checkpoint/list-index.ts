// Which status lists a region has and how new they are (src/comity/distribution/status_index.py). It is not signed: one
// that lies leaves a gate with older lists, whose age every decision looks at.

import { readMap } from "../core";

const MOST_LISTS = 1_000;
const LARGEST = 65_536;

/** One list: its number, when its newest edition was issued, and when the newest of an hour was. */
export interface IndexedList {
  readonly number: number;
  readonly issuedAt: number;
  readonly hourlyAt: number;
}

/** Read the index of a region. Throws TypeError for anything else. */
export function readIndex(data: Uint8Array<ArrayBuffer>, region: string): IndexedList[] {
  const fields = data.length > LARGEST ? new Map() : readMap(data);
  const rows: unknown = fields.get("lists");
  if (fields.get("region") !== region || !Array.isArray(rows) || rows.length > MOST_LISTS) {
    throw new TypeError("this is not the index of status lists of the region");
  }
  return rows.map(readRow);
}

function readRow(row: unknown): IndexedList {
  const fields: ReadonlyMap<unknown, unknown> = row instanceof Map ? row : new Map();
  const [number, issuedAt, hourlyAt] = ["number", "issued_at", "hourly_at"].map((name) => fields.get(name));
  if (typeof number !== "number" || typeof issuedAt !== "number" || typeof hourlyAt !== "number") {
    throw new TypeError("a row of the index is not a list with its times");
  }
  return { number, issuedAt, hourlyAt };
}
