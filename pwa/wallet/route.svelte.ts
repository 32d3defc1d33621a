// Which screen is open: what stands after # in the address, such as #/dependants or #/apply/HOLDER. Nothing of it
// is sent to a server.

class Route {
  #path = $state(location.hash);

  constructor() {
    addEventListener("hashchange", () => {
      this.#path = location.hash;
      scrollTo(0, 0);
    });
  }

  /** Name of the screen; empty for the pass. */
  get name(): string {
    return this.#path.split("/")[1] ?? "";
  }

  /** What follows the name. */
  get rest(): string {
    return this.#path.split("/")[2] ?? "";
  }
}

export const route = new Route();

/** Open a screen. */
export function go(path: string): void {
  location.hash = `#/${path}`;
}

const SIGN_IN = /^#code=([0-9a-f]{64})$/;

/** Take the code of a sign-in out of the address, or null where there is none; it is in no history afterwards. */
export function signInCode(): string | null {
  const found = SIGN_IN.exec(location.hash)?.[1] ?? null;
  if (found !== null) history.replaceState(null, "", "#/");
  return found;
}
