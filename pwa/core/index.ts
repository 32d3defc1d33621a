// What the apps and the tests take from the core.

export { CATALOGUE } from "./catalogue";
