// The wallet of this phone: who is signed in, which passes it holds, what time it is. Screens read it; what it
// keeps is in kept.ts, and two windows of the same phone tell each other what changed.
import { Clock } from "../shared/clock";
import { regionName } from "../shared/regions";
import { told } from "../shared/words";
import type { Code, NodeClock, SessionAnswer } from "./answers";
import { ask, NoAnswer, Refusal } from "./api";
import { applyForPass, depositNextKeys, type Applied } from "./applying";
import { canKeepKeys } from "./keyring";
import { readKept, storage, type Kept, type KeptPass, type NodeFacts, type Session } from "./kept";
import { keptPasses, type Ended } from "./passes";
import { seconds } from "./times";

const EMPTY: Kept = {
  session: undefined,
  owner: undefined,
  node: undefined,
  isOnline: false,
  clock: undefined,
  passes: [],
  keys: [],
  pending: {},
  waiting: {},
};
const MEASURED_EVERY_MS = 300_000;

class Wallet {
  isOpen = $state(false);
  kept = $state.raw<Kept>(EMPTY);
  hasNetwork = $state(true);
  hasKeys = $state(true);
  ended = $state<Ended | null>(null);
  /** Whether who was signed in here has just taken everything back. */
  hasDeleted = $state(false);
  clock = new Clock();
  /** Counts the measures of the clock, so that screens see when there was one. */
  measures = $state(0);
  /** Counts how often the network was lost. */
  #losses = 0;
  #windows = new BroadcastChannel("comity-wallet");

  get session(): Session | undefined {
    return this.kept.session;
  }

  get passes(): readonly KeptPass[] {
    return this.kept.passes;
  }

  get node(): NodeFacts | undefined {
    return this.kept.node;
  }

  get regionName(): string {
    return this.node === undefined ? "" : told(regionName(this.node.region));
  }

  /** Give the token of the session. Throws Refusal where nobody is signed in. */
  get token(): string {
    if (this.session === undefined) throw new Refusal(401, "not-signed-in", "", "");
    return this.session.token;
  }

  /** Open what this phone keeps; then, with a network, see what is new. */
  async open(): Promise<void> {
    addEventListener("offline", () => this.#lost());
    try {
      this.kept = await readKept();
      this.hasKeys = !this.kept.isOnline;
    } catch {
      this.hasKeys = false; // no storage at all: everything lasts as long as this page
    }
    this.clock = new Clock(this.kept.clock);
    this.isOpen = true;
    this.#windows.onmessage = (message) => void this.#heard(message.data as string);
    addEventListener("online", () => void this.catchUp());
    document.addEventListener("visibilitychange", () => document.hidden || void this.catchUp());
    setInterval(() => void this.catchUp(), MEASURED_EVERY_MS);
    await this.catchUp();
  }

  /** Measure the clock and ask for the passes; without a network everything stays as it is. */
  async catchUp(): Promise<void> {
    const losses = this.#losses;
    try {
      await this.#measure();
      if (this.session !== undefined) await this.refresh();
      if (this.#losses === losses) this.hasNetwork = true; // else the answer is older than the cut
    } catch (error) {
      if (error instanceof NoAnswer) this.hasNetwork = false;
      else if (error instanceof Refusal) await this.#refused(error);
      else throw error;
    }
  }

  #lost(): void {
    this.#losses += 1;
    this.hasNetwork = false;
  }

  /** Exchange the code of a sign-in for a session. Throws Refusal, NoAnswer. */
  async signIn(code: string): Promise<void> {
    const given = await ask<SessionAnswer>("POST", "sign-in/session", null, { code });
    if (this.kept.owner !== given.holder) await storage.wipe(); // nobody is shown what another left on this phone
    await storage.write("owner", given.holder);
    await this.#keep("session", { token: given.token, holder: given.holder, endsAt: seconds(given.ends_at) });
    await this.catchUp();
  }

  /** Sign this phone out: the session ends, and everything that was kept is forgotten. */
  async signOut(): Promise<void> {
    const token = this.session?.token;
    await this.#wipe();
    if (token !== undefined) {
      try {
        await ask("DELETE", "sign-in/session", token);
      } catch {
        // the node ends the session by itself after 30 days
      }
    }
  }

  /** Take back what the region holds, and forget it here as well. Throws Refusal, NoAnswer. */
  async deleteAll(): Promise<void> {
    await ask("POST", "me/deletion", this.token, { delete: true });
    await this.#wipe();
    this.hasDeleted = true;
  }

  /** Apply for a pass, or renew, for who is signed in or a dependant. Throws Refusal, NoAnswer. */
  async apply(holder: string): Promise<Applied> {
    this.hasKeys = await canKeepKeys(async (probe) => {
      await storage.write("probe", probe);
      return storage.read<CryptoKey>("probe");
    });
    await this.#keep("isOnline", !this.hasKeys);
    if (!this.hasKeys) return { kind: "online" };
    const applied = await this.#alone(() => applyForPass(this.token, this.node?.region ?? "", holder));
    await this.#reread();
    this.ended = null;
    return applied;
  }

  /** Ask for the passes, drop what is not current, and deposit the keys of the next ones. */
  async refresh(): Promise<void> {
    const { token } = this;
    await this.#alone(async () => {
      const codes = await ask<Code[]>("GET", "codes", token);
      const kept = await readKept();
      if (kept.session?.token !== token) return;
      const found = keptPasses(codes, kept, this.clock.now());
      if (found.ended !== null) this.ended = found.ended;
      await storage.write("passes", found.passes);
      for (const holder of Object.keys(kept.waiting)) await applyForPass(token, kept.node?.region ?? "", holder);
      await depositNextKeys(token);
    });
    await this.#reread();
  }

  /** Keep the time that was signed, so that a clock set back without a network is noticed. */
  async noteTime(): Promise<void> {
    if (this.kept.owner !== undefined && this.clock.isTrusted()) await storage.write("clock", this.clock.keep());
  }

  /** Forget the pass of somebody who is carried no more. */
  async forget(holder: string): Promise<void> {
    await storage.change<readonly KeptPass[]>("passes", (before) => (before ?? []).filter((each) => each.holder !== holder));
    await this.#reread();
  }

  async #measure(): Promise<void> {
    const asked = Date.now();
    const { at, region, test } = await ask<NodeClock>("GET", "clock", null);
    this.clock.measure(seconds(at), asked, Date.now());
    this.measures += 1;
    await storage.write("clock", this.clock.keep());
    if (this.node?.region !== region || this.node.isTest !== test) await this.#keep("node", { region, isTest: test });
  }

  async #refused(refusal: Refusal): Promise<void> {
    this.hasNetwork = true;
    if (refusal.status === 401) await this.#keep("session", undefined); // passes stay good without a session
  }

  /** Do something that no other window may do at the same time. */
  async #alone<T>(doing: () => Promise<T>): Promise<T> {
    if (!("locks" in navigator)) return doing();
    return (await navigator.locks.request("comity-wallet", doing)) as T;
  }

  async #keep(name: keyof Kept, value: unknown): Promise<void> {
    await storage.write(name, value);
    await this.#reread();
  }

  async #reread(): Promise<void> {
    this.kept = await readKept();
    this.#windows.postMessage("changed");
  }

  async #heard(what: string): Promise<void> {
    if (what === "wiped") this.#forget();
    else this.kept = await readKept();
  }

  async #wipe(): Promise<void> {
    await storage.wipe();
    this.#forget();
    this.#windows.postMessage("wiped");
  }

  #forget(): void {
    this.kept = EMPTY;
    this.clock = new Clock();
    this.hasKeys = true;
    this.ended = null;
    location.hash = "#/";
  }
}

export const wallet = new Wallet();
