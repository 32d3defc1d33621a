// Starts the app.

import { mount } from "svelte";
import "../shared/design.css";
import App from "./App.svelte";

const target = document.getElementById("app");
if (target === null) throw new Error("the page has no place for the app");
mount(App, { target });
if ("serviceWorker" in navigator) void navigator.serviceWorker.register("./service-worker.js");
