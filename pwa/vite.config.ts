// Builds one part at a time: `vite build --mode core | wallet | checkpoint | report`.
// The apps go where the region node serves them; every address in them is relative, so that a node behind a
// path prefix serves them too. The charts of a report of an assessment run are one script that the report takes into its
// page. The core alone goes to build/, for the tests that hold it to its Python twin.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, type UserConfig } from "vite";
import { VitePWA } from "vite-plugin-pwa";

const here = import.meta.dirname;

/** The hash that the checkpoint compares before it runs the reader of QR codes. */
function readerHash(): string {
  const data = readFileSync(resolve(here, "node_modules/zxing-wasm/dist/reader/zxing_reader.wasm"));
  return createHash("sha384").update(data).digest("base64");
}

function core(): UserConfig {
  return {
    publicDir: false,
    build: {
      outDir: resolve(here, "build"),
      emptyOutDir: true,
      target: "es2022",
      minify: false,
      lib: { entry: resolve(here, "twin.ts"), formats: ["es"], fileName: "core" },
    },
  };
}

function report(): UserConfig {
  return {
    publicDir: false,
    build: {
      outDir: resolve(here, "../src/comity/assessment/charts"),
      emptyOutDir: true,
      target: "es2022",
      lib: { entry: resolve(here, "report/main.ts"), formats: ["iife"], name: "report", fileName: () => "charts.js" },
    },
    define: { "process.env.NODE_ENV": JSON.stringify("production") },
  };
}

function app(name: "wallet" | "checkpoint"): UserConfig {
  return {
    root: resolve(here, name),
    base: "./",
    publicDir: resolve(here, name, "public"),
    build: {
      outDir: resolve(here, "../src/comity/server/apps", name),
      emptyOutDir: true,
      target: "es2022",
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
    define: { __READER_SHA384__: JSON.stringify(readerHash()) },
    worker: { format: "es" },
    plugins: [
      svelte(),
      VitePWA({
        strategies: "injectManifest",
        srcDir: ".",
        filename: "service-worker.ts",
        injectRegister: false,
        manifest: false,
        injectManifest: { globPatterns: ["**/*.{js,css,html,wasm,svg,png,webmanifest}"], maximumFileSizeToCacheInBytes: 4_000_000 },
      }),
    ],
  };
}

export default defineConfig(({ mode }) => {
  if (mode === "core") return core();
  if (mode === "report") return report();
  if (mode === "wallet" || mode === "checkpoint") return { ...app(mode), mode: "production" };
  return { root: here, plugins: [svelte()] }; // what svelte-check asks for
});
