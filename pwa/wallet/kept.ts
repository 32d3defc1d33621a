// What the wallet keeps on this phone: the passes, their keys, the session, and nothing else of anybody.
import type { PassClass } from "../core";
import { Storage } from "../shared/storage";
import type { KeptClock } from "../shared/clock";
import type { Waiting } from "./answers";
import type { PhoneKey } from "./keyring";

/** Who is signed in on this phone. */
export interface Session {
  readonly token: string;
  readonly holder: string;
  readonly endsAt: number;
}

/** The node that this app belongs to. */
export interface NodeFacts {
  readonly region: string;
  readonly isTest: boolean;
}

/** A pass on this phone; `point` is the key it is bound to, `nextPoint` the deposited key of the pass after it. */
export interface KeptPass {
  readonly passId: string;
  readonly passClass: PassClass;
  readonly holder: string;
  readonly text: string;
  readonly point: string | null;
  readonly nextPoint: string | null;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly renewableFrom: number;
  readonly isSuspended: boolean;
}

/** An application on its way: sent again with the same id, it gets the same pass. */
export interface Pending {
  readonly requestId: string;
  readonly point: string;
  readonly nextPoint: string;
  readonly renewal: { readonly pass_id: string; readonly signature: string } | null;
}

/** Everything that is kept. */
export interface Kept {
  session: Session | undefined;
  /** Holder key of the person whose wallet this is, also when the session has ended. */
  owner: string | undefined;
  node: NodeFacts | undefined;
  /** Whether this phone was found to keep no keys, so that it shows online passes. */
  isOnline: boolean;
  clock: KeptClock | undefined;
  passes: readonly KeptPass[];
  keys: readonly PhoneKey[];
  pending: Readonly<Record<string, Pending>>;
  waiting: Readonly<Record<string, Waiting>>;
}

export const storage = new Storage("comity-wallet");

/** Read everything at once. */
export async function readKept(): Promise<Kept> {
  const [session, owner, node, isOnline, clock, passes, keys, pending, waiting] = await Promise.all([
    storage.read<Session>("session"),
    storage.read<string>("owner"),
    storage.read<NodeFacts>("node"),
    storage.read<boolean>("isOnline"),
    storage.read<KeptClock>("clock"),
    storage.read<readonly KeptPass[]>("passes"),
    storage.read<readonly PhoneKey[]>("keys"),
    storage.read<Kept["pending"]>("pending"),
    storage.read<Kept["waiting"]>("waiting"),
  ]);
  return {
    session,
    owner,
    node,
    isOnline: isOnline ?? false,
    clock,
    passes: passes ?? [],
    keys: keys ?? [],
    pending: pending ?? {},
    waiting: waiting ?? {},
  };
}

/** Give a record without one name. */
export function without<T>(record: Readonly<Record<string, T>>, name: string): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(record).filter(([each]) => each !== name));
}
