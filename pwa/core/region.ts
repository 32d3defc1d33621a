// Codes of regions and areas (GB/T 2260, as of March 2020), and which area covers which code.

import { NATION } from "./claims";

export const INNER_MONGOLIA = "150000";
const REGIONS = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65".split(" ");
/** The 31 regions and the nation. */
export const ISSUERS = REGIONS.length + 1;

export const isRegion = (code: string): boolean => code.length === 6 && code.endsWith("0000") && REGIONS.includes(code.slice(0, 2));
export const isIssuer = (code: string): boolean => isRegion(code) || code === NATION;

/** Say whether `text` has the shape of a code: exactly six ASCII digits, listed or not. */
export const isAreaCode = (text: string): boolean => text.length === 6 && /^[0-9]+$/.test(text);

/** Say whether `area` covers `code`: 420000 every 42xxxx, 420100 every 4201xx, 420106 itself only. */
export function areaCovers(area: string, code: string): boolean {
  if (!area.endsWith("00")) return area === code;
  return code.startsWith(area.slice(0, area.endsWith("0000") ? 2 : 4));
}
