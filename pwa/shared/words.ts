// The words people see, in the language of this phone. They come from locales/, as those of the node do.

import { CATALOGUE as SHARED } from "./catalogue";

export type Language = "zh" | "en";
export type Words = Readonly<Record<string, readonly [string, string]>>;

const known: Record<string, readonly [string, string]> = { ...SHARED };
let language: Language = "zh";

/** Add the words of an app; done once, where it starts. */
export function addWords(words: Words): void {
  Object.assign(known, words);
}

/** Choose the language of every text from now on. */
export function speak(chosen: Language): void {
  language = chosen;
}

/** Give the text of a key with its {placeholders} filled. Throws for a key that is in no catalogue. */
export function say(key: string, values: Readonly<Record<string, string | number>> = {}): string {
  const text = known[key]?.[language === "zh" ? 0 : 1];
  if (text === undefined) throw new Error(`no text has the key ${key}; add it to locales/ and run make texts`);
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? `{${name}}`));
}
