// A newer wallet that has been fetched waits until the person takes it or every window is closed: a pass that is
// being shown never goes away under anybody's eyes.
import { scriptAddress } from "../shared/trusted";

class Update {
  isWaiting = $state(false);
  #waiting: ServiceWorker | null = null;
  #isTaken = false;

  /** Register the service worker, and see when there is a newer one. */
  async follow(): Promise<void> {
    if (!("serviceWorker" in navigator)) return;
    const { serviceWorker } = navigator;
    serviceWorker.addEventListener("controllerchange", () => {
      if (this.#isTaken) location.reload();
    });
    const registration = await serviceWorker.register(scriptAddress("./service-worker.js"));
    this.#see(registration.waiting);
    registration.addEventListener("updatefound", () => {
      const found = registration.installing;
      found?.addEventListener("statechange", () => {
        if (found.state === "installed" && serviceWorker.controller !== null) this.#see(found);
      });
    });
  }

  /** Take the newer wallet now. */
  take(): void {
    this.#isTaken = true;
    this.#waiting?.postMessage("take over");
  }

  #see(worker: ServiceWorker | null): void {
    this.#waiting = worker;
    this.isWaiting = worker !== null;
  }
}

export const update = new Update();
