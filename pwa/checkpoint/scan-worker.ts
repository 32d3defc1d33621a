// Reads frames and answers texts beside the page, so that neither holds up the picture: zxing, then verify by the
// signed files on this device. It asks no server.

import { openBundle, readAnchor, verify, type Decision, type VerifierBundle } from "../core";
import { asJson } from "../words/report";
import { isEnrolment } from "./enrolment";
import { findNote } from "./interim_note";
import { BUNDLE, GATE, kept, type EnrolledGate } from "./kept";
import { ListShelf } from "./list-shelf";
import type { FromScanner, Loaded, ToScanner } from "./messages";
import { startReader, type FrameReader } from "./reader";
import { Seen } from "./seen";

const shelf = new ListShelf();
const seen = new Seen();
const encoder = new TextEncoder();
let bundle: VerifierBundle | null = null;
let reader: Promise<FrameReader> | null = null;
let offset = 0;
let turn = Promise.resolve();

function tell(message: FromScanner): void {
  postMessage(message);
}

/** Milliseconds since 1970 with their fractions: page and worker begin at different times. */
function pageNow(): number {
  return performance.timeOrigin + performance.now();
}

async function load(): Promise<Loaded | null> {
  const began = performance.now();
  const gate = await kept.read<EnrolledGate>(GATE);
  const data = await kept.read<Uint8Array<ArrayBuffer>>(BUNDLE);
  bundle = gate === undefined || data === undefined ? null : await openBundle(data, readAnchor(gate.anchor));
  await shelf.load();
  if (bundle === null) return null;
  return {
    host: bundle.host,
    isTest: bundle.isTest,
    version: Number(bundle.version),
    trustAsOf: Math.min(bundle.issuedAt, bundle.hubAsOf),
    lists: shelf.size,
    listsAsOf: shelf.asOf(),
    milliseconds: performance.now() - began,
  };
}

async function readFrame(frame: ImageBitmap, at: number): Promise<void> {
  reader ??= startReader();
  const text = await (await reader).read(frame);
  if (text === null) tell({ kind: "nothing" });
  else await answer(text, at, true);
}

/** Answer a text. The camera sees one showing many times: only the first is answered. */
async function answer(text: string, at: number, isSeen: boolean): Promise<void> {
  if (bundle === null || isEnrolment(text)) return tell({ kind: "text", text });
  const shown = await seen.hash(encoder.encode(text));
  if (isSeen && seen.isShowing(shown, Date.now())) return tell({ kind: "same" });
  const now = Math.floor(Date.now() / 1_000 + offset);
  const note = await findNote(text, bundle, now);
  if (note !== null) return tell({ kind: "note", note });
  const decision = await verify(text, bundle, now, await shelf.listsFor(text, bundle));
  const milliseconds = pageNow() - at;
  const pass = await seen.hash(signOf(decision, text));
  if (isSeen && seen.isShowing(pass, Date.now())) {
    seen.alsoShown(shown);
    return tell({ kind: "same" });
  }
  tell({ kind: "answer", answer: { decision: asJson(decision), milliseconds, before: seen.note(shown, pass, Date.now()) } });
}

/** What stands for a code: its issuer and pass id once they are vouched for, else its text. */
function signOf(decision: Decision, text: string): Uint8Array {
  if (decision.issuer === null || decision.claims === null) return encoder.encode(text);
  return new Uint8Array([...encoder.encode(decision.issuer), ...decision.claims.passId]);
}

async function take(message: ToScanner): Promise<void> {
  if (message.kind === "clock") offset = message.offset;
  else if (message.kind === "next") seen.goOn(Date.now());
  else if (message.kind === "load") tell({ kind: "loaded", loaded: await load() });
  else if (message.kind === "text") await answer(message.text, message.at, false);
  else await readFrame(message.frame, message.at);
}

addEventListener("message", (event: MessageEvent<ToScanner>) => {
  const { data } = event;
  turn = turn.then(() => take(data)).catch((error: unknown) => {
    console.error(error);
    tell({ kind: "broken", what: data.kind === "frame" ? "reader" : "bundle" });
  });
});
