// What the page of a report gives its charts: the numbers of its tables, hidden ones as null.

export interface Words {
  readonly zh: string;
  readonly en: string;
}

export type Lang = keyof Words;
export type Coloured = "yellow" | "red";
export type Shown = number | null;

export interface Tile {
  readonly code: string;
  readonly name: Words;
  readonly people: number;
  readonly yellow: Shown;
  readonly red: Shown;
}

export interface Numbers {
  readonly words: Readonly<Record<"rows" | "met" | "bad_rows" | "hidden" | "rate" | "people" | "green" | Coloured, Words>>;
  readonly times: readonly { readonly at: string; readonly yellow: number; readonly red: number }[];
  readonly tiles: readonly Tile[];
  readonly rules: readonly { readonly name: Words; readonly colour: Coloured; readonly people: Shown }[];
  readonly turns: readonly {
    readonly before: string;
    readonly after: string;
    readonly name: Words;
    readonly people: Shown;
  }[];
  readonly tables: readonly {
    readonly name: Words;
    readonly rows: number;
    readonly met: number;
    readonly bad: number;
  }[];
}
