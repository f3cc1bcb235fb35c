import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { EMPTY_BYTES, Unavailable } from "@delchain/runtime";
import { decodeRecords, encodeRecord, JOURNAL_MAGIC } from "./journalRecord.ts";

/** Rewritten with what still waits when it has grown to this: twice what a mempool holds. */
export const JOURNAL_BYTES_MAX: number = 128 * 1024 * 1024;

/** Appends that wait for the disk: two seconds of a slow one. Beyond it, senders are told to come again. */
export const APPENDING_BYTES_MAX: number = 16 * 1024 * 1024;

export type JournalOptions = {
  readonly path: string;
  /** What waits now, for a rewrite: every transaction that was appended and is still of use. */
  readonly live: () => readonly Uint8Array[];
  readonly bytesMax?: number;
  readonly appendingBytesMax?: number;
  /** How files are opened; tests give one whose disk fills up. */
  readonly openFile?: typeof open;
};

type Append = {
  readonly record: Uint8Array;
  readonly resolve: () => void;
  readonly reject: (error: Unavailable) => void;
};

/**
 * The mempool on disk, so that a hash once given out survives a crash. Appends that come while the disk is busy
 * share the next write and its `fdatasync`. Owned by one process; at most `bytesMax` and one rewrite long.
 */
export class MempoolJournal {
  readonly #path: string;
  readonly #live: () => readonly Uint8Array[];
  readonly #openFile: typeof open;
  readonly #bytesMax: number;
  readonly #appendingBytesMax: number;
  #file: FileHandle;
  #size: number;
  #waiting: Append[] = [];
  #waitingBytes = 0;
  #writing: Promise<void> | undefined;
  /** Before anything else: because a write failed half way and the file's end is not known, or on request. */
  #mustRewrite = false;
  #isClosed = false;

  private constructor(options: JournalOptions, file: FileHandle, size: number) {
    this.#path = options.path;
    this.#live = options.live;
    this.#openFile = options.openFile ?? open;
    this.#bytesMax = options.bytesMax ?? JOURNAL_BYTES_MAX;
    this.#appendingBytesMax = options.appendingBytesMax ?? APPENDING_BYTES_MAX;
    this.#file = file;
    this.#size = size;
  }

  /**
   * Opens the file, or makes it, and returns what it held, in the order of appending, one transaction perhaps
   * more than once. A torn end is cut off. Throws `Unavailable`.
   */
  static async open(
    options: JournalOptions,
  ): Promise<{ journal: MempoolJournal; transactions: readonly Uint8Array[] }> {
    try {
      const file = await (options.openFile ?? open)(options.path, "a+");
      const content = decodeRecords(await file.readFile());
      if (content === undefined) {
        await file.close();
        throw new Error(`${options.path} is another kind of file; move it away`);
      }
      const size = Math.max(content.validBytes, JOURNAL_MAGIC.length);
      await file.truncate(content.validBytes);
      if (content.validBytes === 0) await file.appendFile(JOURNAL_MAGIC);
      await file.datasync();
      await syncDirectory(options.path);
      return { journal: new MempoolJournal(options, file, size), transactions: content.records };
    } catch (error) {
      throw trouble(error);
    }
  }

  /** Bytes of the file. */
  get size(): number {
    return this.#size;
  }

  /**
   * Resolves when the transaction would survive a power cut. Rejects with `Unavailable` when it may not have
   * been kept; the caller takes it out of the mempool again.
   */
  append(transaction: Uint8Array): Promise<void> {
    if (this.#isClosed) return Promise.reject(new Unavailable("store", "the node is closing"));
    if (this.#waitingBytes + transaction.length > this.#appendingBytesMax) {
      return Promise.reject(
        new Unavailable(
          "store",
          `${this.#waitingBytes} bytes of transactions wait for the disk, the most allowed ` +
            `${this.#appendingBytesMax}; send it again in a second`,
        ),
      );
    }
    this.#waitingBytes += transaction.length;
    return this.#enqueue(encodeRecord(transaction));
  }

  /**
   * Writes the file anew with what is live, after the appends that wait. Done by itself at `bytesMax`; worth
   * asking for when what was loaded has turned out to be of no use. Rejects with `Unavailable`.
   */
  rewrite(): Promise<void> {
    this.#mustRewrite = true;
    return this.#enqueue(EMPTY_BYTES);
  }

  /** Finishes what waits, and closes the file. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#writing;
    await this.#file.close();
  }

  #enqueue(record: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ record, resolve, reject });
      this.#writing ??= this.#writeAll();
    });
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      this.#waitingBytes = 0;
      try {
        await this.#writeBatch(batch.map(({ record }) => record));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        this.#mustRewrite = true;
        const reason = trouble(error);
        for (const { reject } of batch) reject(reason);
      }
    }
    this.#writing = undefined;
  }

  async #writeBatch(records: readonly Uint8Array[]): Promise<void> {
    const bytes = records.reduce((sum, { length }) => sum + length, 0);
    if (this.#mustRewrite || this.#size + bytes > this.#bytesMax) await this.#rewrite();
    await writeAll(this.#file, records);
    await this.#file.datasync();
    this.#size += bytes;
  }

  /** The new file takes the old one's place in one step, so a crash leaves one or the other. */
  async #rewrite(): Promise<void> {
    const path = `${this.#path}.new`;
    await rm(path, { force: true });
    const file = await this.#openFile(path, "a");
    try {
      const records = [JOURNAL_MAGIC, ...this.#live().map(encodeRecord)];
      await writeAll(file, records);
      await file.datasync();
      await rename(path, this.#path);
      await syncDirectory(this.#path);
      const old = this.#file;
      this.#file = file;
      this.#size = records.reduce((sum, { length }) => sum + length, 0);
      this.#mustRewrite = false;
      await old.close();
    } catch (error) {
      if (this.#file !== file) await file.close();
      throw error;
    }
  }
}

async function writeAll(file: FileHandle, parts: readonly Uint8Array[]): Promise<void> {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const { bytesWritten } = await file.writev(parts);
  if (bytesWritten < length) throw new Error(`${bytesWritten} of ${length} bytes were written`);
}

/** A new name in a directory is safe only when the directory is. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(dirname(path), "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function trouble(error: unknown): Unavailable {
  const reason = error instanceof Error ? error.message : String(error);
  return new Unavailable("store", `the mempool's journal cannot be written: ${reason}`, {
    cause: error,
  });
}
