// What the screens of a gate share: who it is, what it has at hand, the answer in sight, its counts and its cases.

import { scriptAddress } from "../shared/trusted";
import { Clock, type KeptClock } from "../shared/clock";
import { casesNow, openCase, refresh, type ManualCase } from "./cases";
import { countLooked, countRefusal, countsNow, countVerified, uploadCounts, type HourCounts, type RefusalReason } from "./counts";
import { enrol, isOfThisNode, readEnrolmentCode } from "./enrolment";
import { CLOCK, GATE, kept, REPORT, wipe, type EnrolledGate, type SupplyReport } from "./kept";
import type { DecisionJson } from "../words/report";
import type { Text } from "../shared/words";
import type { InterimNoteJson } from "./interim_note";
import type { Answer, FromScanner, FromSupply, Loaded, ToScanner, ToSupply } from "./messages";
import { Refused, routeOf, send } from "./signed-request";
import scanAddress from "./scan-worker?worker&url";
import supplyAddress from "./supply-worker?worker&url";
import { signal } from "./tones";

export type Screen = "scan" | "refuse" | "cases" | "supply" | "card";
/** A word of the catalogue under `checkpoint.fault.`. */
export type Fault = "code_unreadable" | "code_of_another_node" | "code_used" | "not_enrolled" | "network" | "refused" | "clock" | "reader" | "bundle";

const OWN_EVERY = 60;
/** Seconds between two tries of a device that has no data at all yet. */
const FIRST_EVERY = 5;
const COUNTRY_EVERY = 3_600;
const CASES_EVERY = 10;
const MISSING_EVERY = 15;
const WARN_AGE = 86_400;
const HARD_AGE = 7 * WARN_AGE;

/** Start a worker; `again` is called after a while where its script could not be fetched: the network may go right after the page came. */
function worker(address: string, again: () => void): Worker {
  const started = new Worker(scriptAddress(address), { type: "module" });
  started.onerror = (event) => {
    if (!(event instanceof ErrorEvent)) setTimeout(again, FIRST_EVERY * 1_000);
  };
  return started;
}

interface CardView {
  decision: DecisionJson | null;
  text: Text;
}
export type Stage = "fresh" | "lacking" | "warn" | "hard";

class Gate {
  isOpened = $state(false);
  enrolled = $state.raw<EnrolledGate | null>(null);
  loaded = $state.raw<Loaded | null>(null);
  answer = $state.raw<Answer | null>(null);
  /** How many answers there were since the app was opened. */
  answered = $state(0);
  note = $state.raw<InterimNoteJson | null>(null);
  screen = $state<Screen>("scan");
  fault = $state<Fault | null>(null);
  isEnrolling = $state(false);
  progress = $state.raw<{ done: number; of: number } | null>(null);
  report = $state.raw<SupplyReport | null>(null);
  supplyFault = $state<"network" | "refused" | "clock" | null>(null);
  counts = $state.raw<HourCounts>({ lookedAt: 0, verified: {}, refusals: [] });
  cases = $state.raw<ManualCase[]>([]);
  now = $state(Math.floor(Date.now() / 1_000));
  /** Called when a frame was dealt with. */
  frameDone: () => void = () => undefined;

  #clock = new Clock();
  #scanner: Worker | null = null;
  #supplier: Worker | null = null;
  #askedAt = 0;

  /** When the older was made of who is trusted and of the own region's lists. */
  readonly asOf = $derived(
    this.loaded === null ? 0 : Math.min(this.loaded.trustAsOf, this.loaded.listsAsOf[this.loaded.host] ?? Infinity),
  );
  /** Regions whose lists could not be fetched, with none here or one older than a day: their passes may stay undecided. */
  readonly lacking = $derived(
    Object.keys(this.report?.refused ?? {})
      .filter((each) => each !== "bundle" && this.now - (this.loaded?.listsAsOf[each] ?? 0) > WARN_AGE),
  );
  /** How far what is here can be relied on. */
  readonly stage = $derived.by<Stage>(() => {
    const age = this.now - this.asOf;
    if (age > WARN_AGE) return age > HARD_AGE ? "hard" : "warn";
    return this.lacking.length > 0 ? "lacking" : "fresh";
  });

  /** Open what is kept on this device and start the workers. */
  async open(): Promise<void> {
    this.#clock = new Clock(await kept.read<KeptClock>(CLOCK));
    this.#startScanner();
    this.#startSupplier();
    this.enrolled = (await kept.read<EnrolledGate>(GATE)) ?? null;
    this.report = (await kept.read<SupplyReport>(REPORT)) ?? null;
    await this.recase();
    await this.#recount();
    this.#load();
    if (this.enrolled === null) this.isOpened = true;
    else void this.sync();
    setInterval(() => void this.#tick(), 1_000);
    addEventListener("online", () => void this.sync());
  }

  #startScanner(): void {
    this.#scanner = worker(scanAddress, () => {
      this.#startScanner();
      this.#load();
    });
    this.#scanner.onmessage = (event: MessageEvent<FromScanner>) => this.#heard(event.data);
  }

  #startSupplier(): void {
    this.#supplier = worker(supplyAddress, () => {
      this.#startSupplier();
      this.progress = null;
    });
    this.#supplier.onmessage = (event: MessageEvent<FromSupply>) => this.#supplied(event.data);
  }

  #load(): void {
    this.#say({ kind: "clock", offset: this.#clock.offset ?? 0 });
    this.#say({ kind: "load" });
  }

  /** Send a frame of the camera to be read. */
  read(frame: ImageBitmap, at: number): void {
    this.#scanner?.postMessage({ kind: "frame", frame, at } satisfies ToScanner, [frame]);
  }

  /** Take a text from a scanner that types, or one that was pasted. */
  take(text: string): void {
    if (this.screen === "scan") this.#say({ kind: "text", text, at: performance.timeOrigin + performance.now() });
  }

  /** Put the answer away: the next person. */
  next(): void {
    this.answer = null;
    this.note = null;
    this.screen = "scan";
    this.#say({ kind: "next" });
  }

  async looked(): Promise<void> {
    await countLooked(this.now);
    await this.#recount();
  }

  async refuse(reason: RefusalReason, law: string | null): Promise<void> {
    await countRefusal(reason, law, this.now);
    await this.#recount();
    this.next();
  }

  /** Begin the manual path for the answer in sight. */
  async beginCase(): Promise<void> {
    const reason = this.answer?.decision.reasons[0]?.code;
    if (this.enrolled === null || reason === undefined) return;
    this.next();
    this.screen = "cases";
    await openCase(this.enrolled, reason, this.now);
    await this.recase();
  }

  /** Ask the node for the holder of a resident ID card; a Decision becomes the answer in sight. */
  async askByCard(number: string): Promise<Text | "network" | "refused"> {
    if (this.enrolled === null) return "refused";
    try {
      const found = await send<CardView>(this.enrolled, "POST", "codes/verify-by-id", { kind: "resident_id", number }, this.now);
      if (found.decision === null) return found.text;
      this.screen = "scan";
      await this.#answered({ decision: found.decision, milliseconds: 0, before: null });
      return found.text;
    } catch (error) {
      return error instanceof Refused ? "refused" : "network";
    }
  }

  /** Fetch what is new; the whole country when its hour has come, or when asked for. */
  async sync(isAsked = false): Promise<void> {
    if (this.enrolled === null || this.progress !== null) return;
    this.progress = { done: 0, of: 1 };
    await this.#measureClock();
    const isWhole = isAsked || this.now - (this.report?.countryAt ?? 0) >= COUNTRY_EVERY;
    this.#supplier?.postMessage({ kind: "sync", isWhole, at: this.now } satisfies ToSupply);
    await uploadCounts(this.enrolled, this.now).then(() => this.#recount(), () => undefined);
  }

  /** Enrol this device by the text of a manager's code. */
  async enrolBy(text: string): Promise<void> {
    const code = readEnrolmentCode(text);
    this.fault = code === null ? "code_unreadable" : isOfThisNode(code) ? null : "code_of_another_node";
    if (code === null || this.fault !== null || this.isEnrolling) return;
    this.isEnrolling = true;
    try {
      this.enrolled = await enrol(code);
      await this.sync();
    } catch (error) {
      const isOver = error instanceof Refused && error.status >= 400 && error.status < 500 && error.status !== 429;
      this.fault = isOver ? "code_used" : "not_enrolled";
    }
    this.isEnrolling = false;
  }

  /** Forget this gate: the device has to be enrolled again. */
  async leave(): Promise<void> {
    await wipe();
    location.reload();
  }

  async recase(): Promise<void> {
    this.cases = await casesNow(this.now);
  }

  #say(message: ToScanner): void {
    this.#scanner?.postMessage(message);
  }

  #heard(message: FromScanner): void {
    if (message.kind === "loaded") {
      this.loaded = message.loaded;
      this.isOpened = true;
    } else if (message.kind === "note") {
      if (this.screen === "scan") this.note = message.note;
      this.frameDone();
    } else if (message.kind === "text") {
      if (this.enrolled === null) void this.enrolBy(message.text);
      this.frameDone();
    } else if (message.kind === "broken") {
      this.fault = message.what;
      this.isOpened = true;
      this.frameDone();
    } else {
      if (message.kind === "answer") void this.#answered(message.answer);
      this.frameDone();
    }
  }

  async #answered(answer: Answer): Promise<void> {
    if (this.screen !== "scan") return;
    this.note = null;
    this.answer = answer;
    this.answered += 1;
    signal(answer.decision.outcome);
    await countVerified(answer.decision.outcome, this.now);
    await this.#recount();
    if (answer.decision.reasons[0]?.code === "status_missing") this.#fetchMissing();
  }

  /** A list is missing: fetch at once rather than within the minute, so that the next showing is answered. */
  #fetchMissing(): void {
    if (this.now - this.#askedAt < MISSING_EVERY) return;
    this.#askedAt = this.now;
    void this.sync();
  }

  #supplied(message: FromSupply): void {
    if (message.kind === "progress") {
      this.progress = message;
      return;
    }
    this.progress = null;
    this.supplyFault = message.kind === "failed" ? message.why : message.report.refused["bundle"] === undefined ? null : "network";
    if (message.kind === "done") this.report = message.report;
    this.#say({ kind: "load" });
  }

  async #measureClock(): Promise<void> {
    try {
      const asked = Date.now();
      const answer = await fetch(routeOf("clock"), { cache: "no-store" });
      const { at } = (await answer.json()) as { at?: string };
      if (at === undefined) return;
      this.#clock.measure(Date.parse(at) / 1_000, asked, Date.now());
      this.now = this.#clock.now();
      await kept.write(CLOCK, this.#clock.keep());
      this.#say({ kind: "clock", offset: this.#clock.offset ?? 0 });
    } catch {
      // without the node the clock goes on as it was measured
    }
  }

  async #recount(): Promise<void> {
    this.counts = await countsNow(this.now);
  }

  async #tick(): Promise<void> {
    this.now = this.#clock.now();
    if (this.enrolled === null) return;
    const every = this.report === null ? FIRST_EVERY : OWN_EVERY;
    if (this.now - (this.report?.ownAt ?? 0) >= every && this.now % every === 0) void this.sync();
    if (this.now % CASES_EVERY !== 0 || this.cases.length === 0) return;
    await this.#measureClock();
    for (const each of this.cases) await refresh(this.enrolled, each, this.now);
    await this.recase();
  }
}

export const gate = new Gate();
export { type Gate };
