// Starts the wallet.
import { mount } from "svelte";
import "../shared/design.css";
import { addWords, speakAsBefore } from "../shared/words";
import App from "./App.svelte";
import { CATALOGUE } from "./catalogue";
import { update } from "./update.svelte";

addWords(CATALOGUE);
speakAsBefore();
const target = document.getElementById("app");
if (target === null) throw new Error("the page has no place for the app");
mount(App, { target });
void update.follow();
