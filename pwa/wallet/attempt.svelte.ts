// One thing that a person asked for: whether it is under way, and what is told when it did not work.
import { say } from "../shared/words";
import { NoAnswer, Refusal } from "./api";

export class Attempt {
  isUnderWay = $state(false);
  isDone = $state(false);
  fault = $state("");
  nextStep = $state("");
  isSignedOut = $state(false);
  /** Reads again what a screen needs and the network cut off; null where nothing is missing. */
  again = $state.raw<(() => void) | null>(null);

  /** Do it, once at a time. Gives whether it worked. */
  async run(doing: () => Promise<unknown>): Promise<boolean> {
    if (this.isUnderWay) return false;
    this.isUnderWay = true;
    this.isDone = this.isSignedOut = false;
    this.fault = this.nextStep = "";
    try {
      await doing();
      this.isDone = true;
    } catch (error) {
      this.#tell(error);
    } finally {
      this.isUnderWay = false;
    }
    return this.isDone;
  }

  /** Read what a screen that opens needs: at once, and again when the network is back. Gives what ends that. */
  reads(doing: () => Promise<unknown>): () => void {
    const read = async (): Promise<void> => {
      if (await this.run(doing)) this.again = null;
    };
    const readAgain = (): void => this.again?.();
    this.again = () => void read();
    addEventListener("online", readAgain);
    void read();
    return () => removeEventListener("online", readAgain);
  }

  #tell(error: unknown): void {
    if (error instanceof NoAnswer) {
      this.fault = say("wallet.fault.no_network");
      this.nextStep = say("wallet.fault.no_network.next");
    } else if (error instanceof Refusal && error.status === 401) {
      this.fault = say("wallet.fault.signed_out");
      this.isSignedOut = true;
    } else if (error instanceof Refusal) {
      this.fault = error.message;
      this.nextStep = error.nextStep;
    } else {
      this.fault = say("wallet.fault.own");
      this.nextStep = say("wallet.fault.own.next");
    }
  }
}
