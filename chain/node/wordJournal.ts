import { type FileHandle, open, readFile, rename } from "node:fs/promises";
import {
  concatBytes,
  decodeRlp,
  EMPTY_BYTES,
  encodeRlp,
  fromHex,
  type Hash,
  type Hex,
  toHex,
  Unavailable,
} from "@delchain/runtime";
import type { OwnWord } from "../attest/agreement.ts";
import { SALT_BYTES } from "../attest/commitments.ts";
import { findingsFields, readFindings } from "../attest/findingsCodec.ts";
import { syncDirectory } from "../mempool/journal.ts";
import { decodeRecords, encodeRecord } from "../mempool/journalRecord.ts";
import { readBytes, readFixedBytes, readHash, readList } from "../tx/rlpFields.ts";

/**
 * What this node's members have bound themselves to. Words of batches that ended long ago are forgotten: a batch waits
 * `orderDeadlineBlocks` at most, and so many words are a member's of several times as many blocks.
 */
export interface WordJournal {
  /** Resolves when the word would survive a power cut; the latest of a round and a host counts. Throws `Unavailable`. */
  record(word: OwnWord): Promise<void>;
  wordOf(round: Hash, publicKey: Hex): OwnWord | undefined;
  close(): Promise<void>;
}

/** Words kept; at about 200 bytes each the file is 3 MiB when it is written anew. */
export const WORDS_MAX = 8_192;

/** First in the file. */
const MAGIC = new TextEncoder().encode("DELWORD1");

/** The words in memory: enough for a node whose keys are public, and what the file is loaded into. */
export class MemoryWordJournal implements WordJournal {
  readonly #words = new Map<string, OwnWord>();

  record(word: OwnWord): Promise<void> {
    this.keep(word);
    return Promise.resolve();
  }

  keep(word: OwnWord): void {
    const key = keyOf(word.round, word.publicKey);
    this.#words.delete(key);
    this.#words.set(key, word);
    if (this.#words.size <= WORDS_MAX) return;
    const [oldest] = this.#words.keys();
    if (oldest !== undefined) this.#words.delete(oldest);
  }

  wordOf(round: Hash, publicKey: Hex): OwnWord | undefined {
    return this.#words.get(keyOf(round, publicKey));
  }

  all(): readonly OwnWord[] {
    return [...this.#words.values()];
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** The words in a file of one process, each on disk before it is sent. */
export class FileWordJournal implements WordJournal {
  readonly #path: string;
  readonly #words: MemoryWordJournal;
  readonly #recordsMax: number;
  #file: FileHandle;
  #records: number;
  /** A write failed half way, and the file's end is not known. */
  #isTorn = false;
  #writing: Promise<void> = Promise.resolve();

  private constructor(
    path: string,
    words: MemoryWordJournal,
    file: FileHandle,
    recordsMax: number,
  ) {
    this.#path = path;
    this.#words = words;
    this.#recordsMax = recordsMax;
    this.#file = file;
    this.#records = words.all().length;
  }

  /**
   * Opens the file, or makes it; a torn end is cut off. It is written anew with what counts when it has `recordsMax`
   * records. Throws `Unavailable`.
   */
  static async open(path: string, recordsMax: number = 2 * WORDS_MAX): Promise<FileWordJournal> {
    try {
      const words = new MemoryWordJournal();
      const bytes = new Uint8Array(await readFile(path).catch(missing));
      const content = decodeRecords(bytes, MAGIC);
      if (content === undefined) throw new Error(`${path} is another kind of file; move it away`);
      for (const record of content.records) words.keep(decodeWord(record));
      const file = await writeAnew(path, words.all());
      return new FileWordJournal(path, words, file, recordsMax);
    } catch (error) {
      throw trouble(error);
    }
  }

  record(word: OwnWord): Promise<void> {
    const written = this.#writing.then(() => this.#write(word));
    // One that could not be written does not keep the next from being tried.
    this.#writing = written.catch(() => undefined);
    return written;
  }

  wordOf(round: Hash, publicKey: Hex): OwnWord | undefined {
    return this.#words.wordOf(round, publicKey);
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#file.close();
  }

  async #write(word: OwnWord): Promise<void> {
    try {
      if (this.#isTorn || this.#records >= this.#recordsMax) await this.#rewrite();
      this.#isTorn = true;
      await this.#file.appendFile(encodeRecord(encodeWord(word)));
      await this.#file.datasync();
      this.#isTorn = false;
      this.#records++;
    } catch (error) {
      throw trouble(error);
    }
    this.#words.keep(word);
  }

  async #rewrite(): Promise<void> {
    const old = this.#file;
    this.#file = await writeAnew(this.#path, this.#words.all());
    this.#records = this.#words.all().length;
    await old.close();
  }
}

/** The new file takes the old one's place in one step, so a crash leaves one or the other. */
async function writeAnew(path: string, words: readonly OwnWord[]): Promise<FileHandle> {
  const file = await open(`${path}.new`, "w");
  await file.writeFile(concatBytes(MAGIC, ...words.map((word) => encodeRecord(encodeWord(word)))));
  await file.sync();
  await rename(`${path}.new`, path);
  await syncDirectory(path);
  return file;
}

function encodeWord({ round, publicKey, salt, findings, commitments }: OwnWord): Uint8Array {
  return encodeRlp([
    fromHex(round),
    fromHex(publicKey),
    salt,
    findingsFields(findings),
    commitments === undefined ? EMPTY_BYTES : fromHex(commitments),
  ]);
}

function decodeWord(bytes: Uint8Array): OwnWord {
  const [round, publicKey, salt, findings, commitments] = readList(decodeRlp(bytes), "word", 5);
  return {
    round: readHash(round, "round"),
    publicKey: toHex(readFixedBytes(publicKey, "publicKey", PUBLIC_KEY_BYTES)),
    salt: readFixedBytes(salt, "salt", SALT_BYTES),
    findings: readFindings(findings),
    commitments:
      readBytes(commitments, "commitments", 32).length === 0
        ? undefined
        : readHash(commitments, "commitments"),
  };
}

const PUBLIC_KEY_BYTES = 48;

function keyOf(round: Hash, publicKey: Hex): string {
  return `${round}${publicKey}`;
}

function missing(error: NodeJS.ErrnoException): Uint8Array {
  if (error.code === "ENOENT") return EMPTY_BYTES;
  throw error;
}

function trouble(error: unknown): Unavailable {
  const reason = error instanceof Error ? error.message : String(error);
  return new Unavailable("store", `the members' journal cannot be written: ${reason}`, {
    cause: error,
  });
}
