// What the six outcomes sound and feel like: each has a rhythm and a movement of its own.

import type { DecisionJson } from "../words/report";

type Outcome = DecisionJson["outcome"];
/** Hertz, beginning and length in seconds. */
type Tone = readonly [pitch: number, start: number, length: number];

const TONES: Readonly<Record<Outcome, readonly Tone[]>> = {
  PASS: [[880, 0, 0.09], [1320, 0.1, 0.16]], // two, rising
  CONTROL: [[660, 0, 0.16], [660, 0.24, 0.16], [660, 0.48, 0.16]], // three, level
  REFER: [[520, 0, 0.22], [780, 0.28, 0.22]], // two, slow and rising
  REAPPLY: [[780, 0, 0.14], [520, 0.18, 0.14], [780, 0.36, 0.14]], // down and up
  REJECT: [[330, 0, 0.35], [220, 0.4, 0.45]], // two, low and falling
  UNDECIDED: [[587, 0, 0.5]], // one, long
};
const VIBRATIONS: Readonly<Record<Outcome, readonly number[]>> = {
  PASS: [60],
  CONTROL: [120, 80, 120, 80, 120],
  REFER: [200, 100, 200],
  REAPPLY: [80, 60, 80, 60, 200],
  REJECT: [400, 120, 400],
  UNDECIDED: [500],
};
const LOUDNESS = 0.35;

let context: AudioContext | null = null;

/** Let sounds be played from now on; browsers allow it only while somebody presses something. */
export function allowSound(): void {
  context ??= new AudioContext();
  if (context.state === "suspended") void context.resume();
}

/** Sound and vibrate for an outcome. */
export function signal(outcome: Outcome): void {
  navigator.vibrate?.([...VIBRATIONS[outcome]]);
  if (context === null || context.state !== "running") return;
  for (const tone of TONES[outcome]) play(context, tone);
}

function play(within: AudioContext, [pitch, start, length]: Tone): void {
  const from = within.currentTime + start;
  const oscillator = new OscillatorNode(within, { frequency: pitch, type: "triangle" });
  const gain = new GainNode(within, { gain: 0 });
  gain.gain.setValueAtTime(0, from);
  gain.gain.linearRampToValueAtTime(LOUDNESS, from + 0.01);
  gain.gain.setValueAtTime(LOUDNESS, from + length - 0.03);
  gain.gain.linearRampToValueAtTime(0, from + length);
  oscillator.connect(gain).connect(within.destination);
  oscillator.onended = () => gain.disconnect();
  oscillator.start(from);
  oscillator.stop(from + length);
}
