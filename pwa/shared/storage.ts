// What an app keeps on this phone: values by name in one IndexedDB database. Keys are kept as non-extractable
// CryptoKeys: the database holds a handle, never the key's bytes.
import { openDB, type IDBPDatabase } from "idb";

const STORE = "kept";

export class Storage {
  readonly #name: string;
  #opened: Promise<IDBPDatabase> | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  /** Give what is kept under a name, or undefined. */
  async read<T>(name: string): Promise<T | undefined> {
    return (await (await this.#database()).get(STORE, name)) as T | undefined;
  }

  /** Give everything that is kept, by name, as it was at one moment. */
  async all<T>(): Promise<Map<string, T>> {
    const transaction = (await this.#database()).transaction(STORE);
    const [names, values] = await Promise.all([transaction.store.getAllKeys(), transaction.store.getAll()]);
    return new Map(names.map((name, place) => [String(name), values[place] as T]));
  }

  /** Keep a value under a name. */
  async write(name: string, value: unknown): Promise<void> {
    await (await this.#database()).put(STORE, value, name);
  }

  /** Change what is kept under a name in one transaction, so that two windows lose nothing of each other. */
  async change<T>(name: string, change: (before: T | undefined) => T): Promise<T> {
    const transaction = (await this.#database()).transaction(STORE, "readwrite");
    const after = change((await transaction.store.get(name)) as T | undefined);
    await transaction.store.put(after, name);
    await transaction.done;
    return after;
  }

  /** Forget everything. */
  async wipe(): Promise<void> {
    await (await this.#database()).clear(STORE);
  }

  #database(): Promise<IDBPDatabase> {
    this.#opened ??= openDB(this.#name, 1, {
      upgrade: (database) => void database.createObjectStore(STORE),
      terminated: () => (this.#opened = undefined),
    });
    return this.#opened;
  }
}
