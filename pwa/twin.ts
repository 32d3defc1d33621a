// What the tests hold to the Python side, in one script: the core, the words of its decisions, and interim notes.

export { findNote } from "./checkpoint/interim_note";
export * from "./core";
export { CATALOGUE } from "./words/catalogue";
export { asJson } from "./words/report";
