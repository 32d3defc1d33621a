// The live code of a pass: signed by this phone every 30 seconds with the corrected time, or, where the phone
// keeps no keys, signed by the region for 60 seconds.
import { readPass, writePresentation } from "./presentation";
import { ask } from "./api";
import type { KeptPass } from "./kept";
import { wallet } from "./wallet.svelte";

export const SIGNED_EVERY = 30;
const ONLINE_LASTS = 60;
const TICK_MS = 500;

export class LiveCode {
  text = $state("");
  now = $state(0);
  madeAt = $state(0);
  isFailing = $state(false);
  #isMaking = false;
  #made: { point: string | null; measures: number } = { point: null, measures: 0 };

  /** Seconds until the code is made again. */
  get secondsLeft(): number {
    return Math.max(0, Math.min(SIGNED_EVERY, this.madeAt + SIGNED_EVERY - this.now));
  }

  /** Keep the code of a pass live until the returned function is called; null is the online class of `holder`. */
  follow(pass: KeptPass | null, holder: string): () => void {
    this.text = "";
    this.madeAt = 0;
    const tick = (): void => void this.#tick(pass, holder);
    const timer = setInterval(tick, TICK_MS);
    document.addEventListener("visibilitychange", tick);
    tick();
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", tick);
    };
  }

  async #tick(pass: KeptPass | null, holder: string): Promise<void> {
    this.now = wallet.clock.now();
    const age = this.now - this.madeAt;
    const isNew = this.#made.point !== (pass?.point ?? null) || this.#made.measures !== wallet.measures;
    if (this.#isMaking || (age >= 0 && age < SIGNED_EVERY && this.text !== "" && !isNew)) return;
    this.#isMaking = true;
    try {
      const at = this.now;
      this.#made = { point: pass?.point ?? null, measures: wallet.measures };
      this.text = pass === null ? await online(holder) : await signed(pass, at);
      this.madeAt = at;
      this.isFailing = false;
      void wallet.noteTime();
    } catch {
      this.isFailing = true;
      if (pass === null && age >= ONLINE_LASTS) this.text = "";
    } finally {
      this.#isMaking = false;
    }
  }
}

async function signed(pass: KeptPass, at: number): Promise<string> {
  const key = wallet.kept.keys.find((each) => each.point === pass.point);
  if (key === undefined) throw new Error("the key of this pass is gone");
  return writePresentation(pass.text, key.key, at, wallet.node?.isTest ?? false);
}

async function online(holder: string): Promise<string> {
  const asked = holder === wallet.session?.holder ? {} : { holder };
  const { text } = await ask<{ text: string }>("POST", "codes/online", wallet.token, asked);
  readPass(text); // what is no pass is not shown
  return text;
}
