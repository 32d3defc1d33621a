// Starts the checkpoint.

import { mount } from "svelte";
import "../shared/design.css";
import { scriptAddress } from "../shared/trusted";
import { addWords, speakAsBefore } from "../shared/words";
import App from "./App.svelte";
import { CATALOGUE } from "./catalogue";

addWords(CATALOGUE);
speakAsBefore();
const target = document.getElementById("app");
if (target === null) throw new Error("the page has no place for the app");
mount(App, { target });
if ("serviceWorker" in navigator) void navigator.serviceWorker.register(scriptAddress("./service-worker.js"));
