// Times as people read them, in the legal time of the regions (+08:00), whatever the phone is set to.
import { say, spoken } from "../shared/words";

const ZONE = "Asia/Shanghai";

/** Read an instant of the node: seconds since 1970. */
export function seconds(rfc3339: string): number {
  return Math.floor(Date.parse(rfc3339) / 1000);
}

function written(at: number, form: Intl.DateTimeFormatOptions): string {
  const locale = spoken() === "zh" ? "zh-Hans-CN" : "en-GB";
  return new Intl.DateTimeFormat(locale, { timeZone: ZONE, hourCycle: "h23", ...form }).format(at * 1000);
}

/** Write day and time of day. */
export function dayAndTime(at: number): string {
  return written(at, { year: "numeric", month: "long", day: "numeric", hour: "2-digit", minute: "2-digit" });
}

/** Write day and time of day of an instant within this year or so. */
export function soon(at: number): string {
  return written(at, { month: "long", day: "numeric", hour: "2-digit", minute: "2-digit" });
}

/** Write a day of this year. */
export function monthAndDay(at: number): string {
  return written(at, { month: "long", day: "numeric" });
}

/** Write a day. */
export function day(at: number): string {
  return written(at, { year: "numeric", month: "long", day: "numeric" });
}

/** Write the time of day to the second. */
export function timeOfDay(at: number): string {
  return written(at, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

/** Write a day for a date field: 2020-03-20. */
export function dateField(at: number): string {
  return new Date((at + 8 * 3600) * 1000).toISOString().slice(0, 10);
}

/** Read a date field as noon of that day, or as now where noon has not come. */
export function noonOf(date: string, now: number): string {
  const at = Math.min(seconds(`${date}T12:00:00+08:00`), now - 60);
  return new Date(at * 1000).toISOString();
}

/** Write how long something lasts still: days, then hours, then minutes. */
export function timeLeft(secondsLeft: number): string {
  const minutes = Math.max(0, Math.floor(secondsLeft / 60));
  if (minutes >= 2880) return say("wallet.left.days", { days: Math.floor(minutes / 1440) });
  if (minutes >= 120) return say("wallet.left.hours", { hours: Math.floor(minutes / 60) });
  return say("wallet.left.minutes", { minutes });
}
