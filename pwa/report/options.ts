// The charts of a report as ECharts options. Nothing is animated and nothing floats: the page stays still, and the
// tables beside the charts say every number.

import type { EChartsCoreOption } from "echarts/core";
import type { Coloured, Lang, Numbers, Shown, Words } from "./numbers";
import { isBright, mix, type Tones } from "./tones";

export interface Look {
  readonly lang: Lang;
  readonly tones: Tones;
  readonly width: number;
}

const COLOURED: readonly Coloured[] = ["yellow", "red"];
/** Where each league or city stands on the tile map: column and row, from the north-west. */
const PLACES: Readonly<Record<string, readonly [number, number]>> = {
  "150700": [6, 0],
  "152200": [6, 1],
  "152500": [5, 1],
  "150500": [6, 2],
  "150400": [5, 2],
  "152900": [0, 2],
  "150800": [1, 2],
  "150200": [2, 2],
  "150100": [3, 2],
  "150900": [4, 2],
  "150300": [1, 3],
  "150600": [2, 3],
};
/** Kinds of change that are drawn; the table has the others. */
export const MOST_TURNS = 12;
const COLUMNS = 7;
const ROWS = 4;
export const NARROW = 420;
/** Width of a tile in CSS pixels below which its words are set small. */
const SMALL = 56;

function base(look: Look): EChartsCoreOption {
  return {
    animation: false,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: look.tones.ink, fontSize: 13 },
  };
}

function count(look: Look, value: Shown): string {
  return value === null ? "" : value.toLocaleString(look.lang === "zh" ? "zh-Hans" : "en");
}

function legend(look: Look, names: readonly string[]): object {
  return { data: names, top: 0, left: 0, icon: "rect", itemWidth: 12, itemHeight: 12, textStyle: { color: look.tones.ink } };
}

function valueAxis(look: Look, type: "value" | "log" = "value"): object {
  return {
    type,
    splitNumber: look.width < NARROW ? 2 : 4,
    axisLabel: { color: look.tones.quiet, hideOverlap: true, formatter: (value: number) => short(value, look.lang) },
    splitLine: { lineStyle: { color: look.tones.line } },
    axisLine: { show: false },
  };
}

function short(value: number, lang: Lang): string {
  if (lang === "zh") return value >= 10_000 ? `${value / 10_000}万` : `${value}`;
  if (value >= 1_000_000) return `${value / 1_000_000}M`;
  return value >= 1_000 ? `${value / 1_000}k` : `${value}`;
}

export function times({ times, words }: Numbers, look: Look): EChartsCoreOption {
  const names = COLOURED.map((name) => words[name][look.lang]);
  const isOne = times.length === 1;
  return {
    ...base(look),
    legend: legend(look, names),
    grid: { left: 8, right: 16, top: 40, bottom: 8, containLabel: true },
    xAxis: {
      type: "category",
      data: times.map((each) => each.at.slice(5, 10)),
      boundaryGap: isOne,
      axisLabel: { color: look.tones.quiet, hideOverlap: true },
      axisLine: { lineStyle: { color: look.tones.line } },
      axisTick: { show: false },
    },
    yAxis: valueAxis(look),
    series: COLOURED.map((colour) => ({
      type: isOne ? "bar" : "line",
      name: words[colour][look.lang],
      data: times.map((each) => each[colour]),
      barMaxWidth: 60,
      symbol: colour === "yellow" ? "triangle" : "rect",
      symbolSize: 9,
      lineStyle: { width: 3 },
      areaStyle: isOne ? undefined : { opacity: 0.12 },
      itemStyle: { color: look.tones[colour] },
      label: { show: isOne, position: "top", color: look.tones.ink },
    })),
  };
}

export function tiles({ tiles }: Numbers, look: Look, colour: Coloured): EChartsCoreOption {
  const rate = (people: number, of: Shown): number => (of === null || people === 0 ? 0 : (of / people) * 10_000);
  const most = Math.max(1, ...tiles.map((each) => rate(each.people, each[colour])));
  const size = look.width / COLUMNS;
  const data = tiles.flatMap((each) => {
    const place = PLACES[each.code];
    if (place === undefined) return [];
    const value = rate(each.people, each[colour]);
    const ground = each[colour] === null ? look.tones.sunk : mix(look.tones.sunk, look.tones[colour], value / most);
    const told = each[colour] === null ? "–" : value.toFixed(value < 10 ? 1 : 0);
    const ink = isBright(ground) ? "#14181f" : "#ffffff";
    return [
      {
        value: [place[0], place[1], value],
        symbolSize: [size - 4, tilesHeight(look.width) / ROWS - 4],
        itemStyle: { color: ground },
        label: {
          formatter: [...nameLines(each.name[look.lang], size).map((line) => `{name|${line}}`), `{told|${told}}`].join("\n"),
          rich: {
            name: { color: ink, fontSize: size < SMALL ? 9.5 : 12, lineHeight: size < SMALL ? 11 : 18 },
            told: { color: ink, fontSize: size < SMALL ? 11 : 15, lineHeight: size < SMALL ? 15 : 20, fontWeight: 600 },
          },
        },
      },
    ];
  });
  return {
    ...base(look),
    grid: { left: 0, right: 0, top: 0, bottom: 0 },
    xAxis: { type: "category", data: span(COLUMNS), show: false },
    yAxis: { type: "category", data: span(ROWS), show: false, inverse: true },
    series: [{ type: "scatter", silent: true, symbol: "roundRect", data, label: { show: true } }],
  };
}

/** How high the tile map is: tiles are a little lower than wide, on a phone a little higher. */
export function tilesHeight(width: number): number {
  const size = width / COLUMNS;
  return Math.round(size * (size < SMALL ? 1.2 : 0.9) * ROWS);
}

/** Breaks a name over two lines where a tile is small. */
function nameLines(name: string, size: number): string[] {
  const most = /^[a-z]/i.test(name) ? 6 : 3;
  if (size >= SMALL || name.length <= most) return [name];
  const half = Math.ceil(name.length / 2);
  return [name.slice(0, half) + (most === 6 ? "-" : ""), name.slice(half)];
}

export interface Bar {
  readonly name: string;
  readonly value: Shown;
  readonly tone: string;
}

/** Bars of people, the most on top, hidden ones named as hidden. */
export function bars(numbers: Numbers, look: Look, given: readonly Bar[]): EChartsCoreOption {
  const rows = [...given].sort((a, b) => (a.value ?? 0) - (b.value ?? 0));
  const told = (value: Shown): string => (value === null ? numbers.words.hidden[look.lang] : count(look, value));
  return {
    ...base(look),
    grid: { left: 4, right: 64, top: 4, bottom: 4, containLabel: true },
    xAxis: { ...valueAxis(look), axisLabel: { show: false }, splitLine: { show: false } },
    yAxis: {
      type: "category",
      data: rows.map((each) => each.name),
      axisLabel: { color: look.tones.ink, width: look.width * 0.42, overflow: "break", lineHeight: 16, interval: 0 },
      axisLine: { lineStyle: { color: look.tones.line } },
      axisTick: { show: false },
    },
    series: [
      {
        type: "bar",
        barMaxWidth: 22,
        data: rows.map((each) => ({
          value: each.value ?? 0,
          itemStyle: { color: each.tone, borderRadius: [0, 4, 4, 0] },
          label: { show: true, position: "right", color: look.tones.ink, formatter: told(each.value) },
        })),
      },
    ],
  };
}

export function ruleBars({ rules }: Numbers, { lang, tones }: Look): Bar[] {
  return rules.map((each) => ({ name: each.name[lang], value: each.people, tone: tones[each.colour] }));
}

export function turnBars({ turns, words }: Numbers, { lang, tones }: Look): Bar[] {
  const named = (colour: string): string => (colour in words ? words[colour as Coloured][lang] : colour);
  return turns.slice(0, MOST_TURNS).map((each) => ({
    name: `${named(each.before)} → ${named(each.after)}\n${each.name[lang]}`,
    value: each.people,
    tone: tones[each.after as Coloured | "green"],
  }));
}

export function quality({ tables, words }: Numbers, look: Look): EChartsCoreOption {
  const shown = [...tables].reverse();
  const most = Math.max(10, ...tables.map((each) => each.rows));
  const kinds: readonly (readonly [Words, "rows" | "met" | "bad", string])[] = [
    [words.rows, "rows", mix(look.tones.card, look.tones.quiet, 0.55)],
    [words.met, "met", look.tones.accent],
    [words.bad_rows, "bad", look.tones.red],
  ];
  return {
    ...base(look),
    legend: legend(look, kinds.map(([name]) => name[look.lang])),
    grid: { left: 4, right: 20, top: 40, bottom: 4, containLabel: true },
    xAxis: { ...valueAxis(look, "log"), min: 1, max: 10 ** Math.ceil(Math.log10(most)), splitNumber: look.width < NARROW ? 3 : 6 },
    yAxis: {
      type: "category",
      data: shown.map((each) => each.name[look.lang]),
      axisLabel: { color: look.tones.ink, width: look.width * 0.3, overflow: "break" },
      axisLine: { lineStyle: { color: look.tones.line } },
      axisTick: { show: false },
    },
    series: kinds.map(([name, kind, tone]) => ({
      type: "bar",
      name: name[look.lang],
      barGap: "10%",
      data: shown.map((each) => (each[kind] > 0 ? each[kind] : null)),
      itemStyle: { color: tone, borderRadius: [0, 3, 3, 0] },
    })),
  };
}

function span(length: number): string[] {
  return Array.from({ length }, (_, place) => `${place}`);
}
