import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Unavailable } from "@delchain/runtime";
import { Level } from "level";
import type { Batch } from "./batch.ts";
import type { Key } from "./keys.ts";

/** Uncompressed table blocks kept in memory: room for half a million accounts of 120 bytes with their keys. */
const BLOCK_CACHE_BYTES = 64 * 1024 * 1024;
/** The log is turned into a table at this size; a start replays at most two of them (below a second). */
const WRITE_BUFFER_BYTES = 16 * 1024 * 1024;
/** Names the process that has the database open; LevelDB's own LOCK file is empty. */
const OWNER_FILE = "OWNER";

/**
 * The one place that opens LevelDB. Reads are synchronous, writes are whole batches that are on disk when their
 * promise resolves. Every trouble of the disk is `Unavailable` and names the folder.
 */
export class Database {
  readonly path: string;
  readonly #level: Level<Uint8Array, Uint8Array>;
  // getSync answers the old value until a batch has returned, so the batch answers for its keys until then.
  #writing: Batch | undefined;
  #written: Promise<void> = Promise.resolve();
  #failure: Unavailable | undefined;

  private constructor(path: string, level: Level<Uint8Array, Uint8Array>) {
    this.path = path;
    this.#level = level;
  }

  static async open(path: string): Promise<Database> {
    const level = new Level<Uint8Array, Uint8Array>(path, {
      keyEncoding: "view",
      valueEncoding: "view",
    });
    try {
      await level.open({ cacheSize: BLOCK_CACHE_BYTES, writeBufferSize: WRITE_BUFFER_BYTES });
      writeFileSync(join(path, OWNER_FILE), `${process.pid}\n`);
    } catch (error) {
      throw openingTrouble(path, error);
    }
    return new Database(path, level);
  }

  get(key: Key): Uint8Array | undefined {
    if (this.#failure) throw this.#failure;
    if (this.#writing?.has(key)) return this.#writing.get(key);
    try {
      const bytes = this.#level.getSync(key);
      return bytes && new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    } catch (error) {
      throw trouble(this.path, "read", error);
    }
  }

  /** What lies under the key, decoded; what does not decode is damage, and `what` names it. */
  read<Value>(what: string, key: Key, decode: (bytes: Uint8Array) => Value): Value | undefined {
    const bytes = this.get(key);
    if (!bytes) return undefined;
    try {
      return decode(bytes);
    } catch (error) {
      throw new Unavailable(
        "store",
        `${what} in ${this.path} is damaged; restore a copy of the folder, or remove it and sync again`,
        { cause: error },
      );
    }
  }

  /**
   * Writes the batch after the one before it, with fsync. From this call on `get` answers the new values. A batch
   * that failed may or may not be on disk, so that after it every use fails until the store is opened again.
   */
  write(batch: Batch): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    if (this.#writing) {
      return Promise.reject(new Error("broken invariant: a batch is still being written"));
    }
    this.#writing = batch;
    this.#written = this.#flush(batch);
    return this.#written;
  }

  /** Resolves when nothing is being written; never rejects. */
  async settled(): Promise<void> {
    await this.#written.catch(() => undefined);
  }

  /** What lies under keys that begin with `prefix`, in order. Waits for the batch that is being written. */
  async *entries(prefix: Key): AsyncGenerator<[Key, Uint8Array]> {
    await this.settled();
    if (this.#failure) throw this.#failure;
    try {
      yield* this.#level.iterator({ gte: prefix, lt: after(prefix) });
    } catch (error) {
      throw trouble(this.path, "read", error);
    }
  }

  /** The keys that begin with `prefix`, in order. Waits for the batch that is being written. */
  async keys(prefix: Key): Promise<Key[]> {
    const keys: Key[] = [];
    for await (const [key] of this.entries(prefix)) keys.push(key);
    return keys;
  }

  /** Whether nothing was ever written. */
  async isEmpty(): Promise<boolean> {
    try {
      return (await this.#level.keys({ limit: 1 }).all()).length === 0;
    } catch (error) {
      throw trouble(this.path, "read", error);
    }
  }

  /** Waits for the batch that is being written. */
  async close(): Promise<void> {
    await this.settled();
    await this.#level.close();
    this.#failure ??= new Unavailable("store", `the store in ${this.path} is closed`);
  }

  async #flush(batch: Batch): Promise<void> {
    const operations = [...batch.entries()].map(([key, value]) =>
      value ? { type: "put" as const, key, value } : { type: "del" as const, key },
    );
    try {
      // LevelDB's own option, which the type that level shares with browsers leaves out.
      await this.#level.batch(operations, { sync: true } as object);
    } catch (error) {
      this.#failure = trouble(this.path, "write", error);
      throw this.#failure;
    } finally {
      this.#writing = undefined;
    }
  }
}

/** The least key above all that begin with `prefix`; our prefixes begin with a letter, so there is one. */
function after(prefix: Key): Key {
  const bound = Uint8Array.from(prefix);
  let last = bound.length - 1;
  while (bound[last] === 0xff) last--;
  bound[last] = (bound[last] as number) + 1;
  return bound.subarray(0, last + 1);
}

function openingTrouble(path: string, error: unknown): Unavailable {
  const { code, message } = causeOf(error);
  if (code === "LEVEL_LOCKED") {
    return new Unavailable(
      "store",
      `the store in ${path} is open in ${ownerOf(path)}; stop that process or choose another data folder`,
      { cause: error },
    );
  }
  if (code === "LEVEL_CORRUPTION" || /corrupt/i.test(message)) {
    return new Unavailable(
      "store",
      `the store in ${path} is damaged (${message}); restore a copy of the folder, or remove it and sync again`,
      { cause: error },
    );
  }
  return new Unavailable("store", `the store in ${path} does not open: ${message}`, {
    cause: error,
  });
}

function trouble(path: string, what: "read" | "write", error: unknown): Unavailable {
  const { message } = causeOf(error);
  return new Unavailable(
    "store",
    `the store in ${path} could not ${what}: ${message}; check the disk and start the node again`,
    { cause: error },
  );
}

/** abstract-level wraps what LevelDB said. */
function causeOf(error: unknown): { code: string | undefined; message: string } {
  const top = error as Error & { code?: string };
  const inner = (top.cause ?? top) as Error & { code?: string };
  return { code: inner.code, message: inner.message };
}

function ownerOf(path: string): string {
  try {
    const owner = Number.parseInt(readFileSync(join(path, OWNER_FILE), "utf8"), 10);
    return owner === process.pid ? `this process (${owner})` : `process ${owner}`;
  } catch {
    return "another process";
  }
}
