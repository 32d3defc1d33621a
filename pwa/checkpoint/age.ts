// Ages and times as an officer says them.

import { say } from "../shared/words";

const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;

/** Give an age in the largest unit that says enough. */
export function age(seconds: number): string {
  if (seconds < 2 * MINUTE) return say("checkpoint.age.now");
  if (seconds < 2 * HOUR) return say("checkpoint.age.minutes", { count: Math.floor(seconds / MINUTE) });
  if (seconds < 2 * DAY) return say("checkpoint.age.hours", { count: Math.floor(seconds / HOUR) });
  return say("checkpoint.age.days", { count: Math.floor(seconds / DAY) });
}

/** Give a time of day in the legal time of the regions, with the date. */
export function timeOf(instant: number): string {
  return new Date((instant + 8 * HOUR) * 1_000).toISOString().slice(0, 16).replace("T", " ");
}

/** Give what is left of a clock as minutes and seconds. */
export function left(seconds: number): string {
  const rest = Math.max(0, seconds);
  return `${Math.floor(rest / MINUTE)}:${String(rest % MINUTE).padStart(2, "0")}`;
}
