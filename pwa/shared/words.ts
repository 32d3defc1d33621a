// The words people see, in the language of this phone. They come from locales/, as those of the node do.
// A screen that says something says it again when the language changes.
import { createSubscriber } from "svelte/reactivity";
import { CATALOGUE as SHARED } from "./catalogue";

export type Language = "zh" | "en";
export type Words = Readonly<Record<string, readonly [string, string]>>;

/** A text in both languages, as a node answers it. */
export interface Text {
  readonly zh: string;
  readonly en: string;
}

const KEPT_AS = "comity-language";
const known: Record<string, readonly [string, string]> = { ...SHARED };
let language: Language = "zh";
let changed: () => void = () => undefined;
const follow = createSubscriber((update) => {
  changed = update;
  return () => (changed = () => undefined);
});

/** Add the words of an app; done once, where it starts. */
export function addWords(words: Words): void {
  Object.assign(known, words);
}

/** Choose the language of every text from now on, on this phone. */
export function speak(chosen: Language): void {
  language = chosen;
  document.documentElement.lang = chosen === "zh" ? "zh-Hans" : "en";
  try {
    localStorage.setItem(KEPT_AS, chosen);
  } catch {
    // kept for this visit only
  }
  changed();
}

/** Speak the language chosen before on this phone, else that of the browser; Chinese where it is neither. */
export function speakAsBefore(): void {
  let chosen: string | null = null;
  try {
    chosen = localStorage.getItem(KEPT_AS);
  } catch {
    // nothing was kept
  }
  speak((chosen ?? navigator.language.slice(0, 2)) === "en" ? "en" : "zh");
}

/** Give the language that is spoken. */
export function spoken(): Language {
  follow();
  return language;
}

/** Give the words of a text that a node answered. */
export function told(text: Text): string {
  return text[spoken()];
}

/** Give the text of a key with its {placeholders} filled. Throws for a key that is in no catalogue. */
export function say(key: string, values: Readonly<Record<string, string | number>> = {}): string {
  const text = known[key]?.[spoken() === "zh" ? 0 : 1];
  if (text === undefined) throw new Error(`no text has the key ${key}; add it to locales/ and run \`make texts\``);
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
