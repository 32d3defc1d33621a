// The words people see, in Chinese and English, by key. A text is always both; the screen shows one.

import type { Text } from "../core";
import { CATALOGUE } from "./catalogue";

/** Give the text of `key` with its {placeholders} filled; a `Text` fills each language with its own words. */
export function text(key: string, values: Readonly<Record<string, string | number | Text>> = {}): Text {
  const words = CATALOGUE[key];
  if (words === undefined) throw new Error(`no text has the key ${key}; add it to locales/ and run make texts`);
  const filled = (words: string, language: keyof Text): string => words.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name] ?? "";
    return typeof value === "object" ? value[language] : String(value);
  });
  return { zh: filled(words[0], "zh"), en: filled(words[1], "en") };
}
