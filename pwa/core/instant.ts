// Instants are whole seconds since 1970; people see the legal time of the regions, +08:00. No clock is read here.

export type Instant = number;
/** A bigint only beyond 2^53, which no true signer writes. */
export type Integer = number | bigint;

export const DAY = 86_400;
export const LAST_INSTANT = 253_370_736_000;
export const CLOCK_LEEWAY = 60;
export const PRESENTATION_WINDOW = 120;
export const ONLINE_LIFETIME = 60;
export const TRUST_WARN_AGE = DAY;
export const TRUST_MAX_AGE = 7 * DAY;
export const STATUS_MAX_AGE = 2 * DAY;

/** Give a - b: exact up to 2^53, beyond it near enough to be compared with any limit here. */
export function difference(a: Integer, b: Integer): number {
  return typeof a === "number" && typeof b === "number" ? a - b : Number(BigInt(a) - BigInt(b));
}

const inBeijing = (instant: Instant): string => new Date((instant + 8 * 3_600) * 1_000).toISOString();

/** Write an instant for people and JSON: `2020-03-19T00:00:00+08:00`. */
export const rfc3339 = (instant: Instant): string => `${inBeijing(instant).slice(0, 19)}+08:00`;

/** Write an instant to be read aloud: `2020-03-19 00:00`. */
export const plainTime = (instant: Instant): string => inBeijing(instant).slice(0, 16).replace("T", " ");
