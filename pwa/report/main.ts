// The script of a report's page (docs/assessment-runs.md): draws the charts from the numbers in the page and keeps its
// language. It asks nothing of the network; the tables are there without it.

import { BarChart, LineChart, ScatterChart } from "echarts/charts";
import { GridComponent, LegendComponent } from "echarts/components";
import { type EChartsCoreOption, type EChartsType, init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import type { Lang, Numbers } from "./numbers";
import { bars, type Look, MOST_TURNS, NARROW, quality, ruleBars, tiles, tilesHeight, times, turnBars } from "./options";
import { readTones } from "./tones";

use([BarChart, LineChart, ScatterChart, GridComponent, LegendComponent, CanvasRenderer]);

interface Chart {
  readonly id: string;
  readonly height: (width: number) => number;
  readonly option: (numbers: Numbers, look: Look) => EChartsCoreOption;
}

const ROW = 44;
const CHARTS: readonly Chart[] = [
  { id: "times", height: () => 300, option: times },
  { id: "tiles-yellow", height: tilesHeight, option: (numbers, look) => tiles(numbers, look, "yellow") },
  { id: "tiles-red", height: tilesHeight, option: (numbers, look) => tiles(numbers, look, "red") },
  {
    id: "rules",
    height: (width) => numbers.rules.length * (width < NARROW ? ROW + 12 : ROW),
    option: (given, look) => bars(given, look, ruleBars(given, look)),
  },
  {
    id: "turns",
    height: (width) => Math.min(numbers.turns.length, MOST_TURNS) * (width < NARROW ? ROW + 28 : ROW + 8),
    option: (given, look) => bars(given, look, turnBars(given, look)),
  },
  { id: "quality", height: () => numbers.tables.length * ROW + 60, option: quality },
];

const numbers = JSON.parse(document.getElementById("numbers")?.textContent ?? "{}") as Numbers;
const drawn = new Map<string, EChartsType>();
const title = document.title.split(" · ");
const inEnglish = document.getElementById("in-en") as HTMLInputElement;

function lang(): Lang {
  return inEnglish.checked ? "en" : "zh";
}

function draw(): void {
  const tones = readTones();
  for (const { id, height, option } of CHARTS) {
    const place = document.getElementById(`chart-${id}`);
    if (place === null) continue;
    const width = place.clientWidth;
    place.style.height = `${height(width)}px`;
    const chart = drawn.get(id) ?? init(place, null, { renderer: "canvas" });
    drawn.set(id, chart);
    chart.resize();
    chart.setOption(option(numbers, { lang: lang(), tones, width }), true);
  }
}

function speak(): void {
  document.documentElement.lang = lang() === "zh" ? "zh-Hans" : "en";
  document.title = title[lang() === "zh" ? 0 : 1] ?? document.title;
  draw();
}

if (location.hash === "#en" || (location.hash !== "#zh" && !navigator.language.startsWith("zh"))) {
  inEnglish.checked = true;
}
document.documentElement.classList.add("is-drawn");
document.querySelector("fieldset")?.addEventListener("change", speak);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
addEventListener("resize", draw);
addEventListener("beforeprint", draw);
speak();
