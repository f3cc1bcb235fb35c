import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type Address,
  addressFromBytes,
  concatBytes,
  type Hash,
  type Hex,
  hashToBytes,
  InvalidInput,
  keccak256,
  keccak256Bytes,
  Unavailable,
} from "@delchain/runtime";
import type { PublishedSource } from "../rpc/backend.ts";
import { nobleRecovery } from "../tx/signer.ts";

/** One contract's source, in bytes of UTF-8: OpenZeppelin's largest example with all its imports takes a fifth. */
export const SOURCE_BYTES_MAX: number = 1024 * 1024;
/** All sources of a node together. */
export const SOURCES_BYTES_MAX: number = 1024 * 1024 * 1024;

export type InvalidSource =
  | { readonly code: "SOURCE_TOO_LARGE"; readonly bytes: number; readonly limit: number }
  | { readonly code: "SOURCES_FULL"; readonly bytes: number; readonly limit: number }
  | { readonly code: "NOT_CREATED_BY"; readonly address: Address; readonly transaction: Hash }
  | {
      readonly code: "NOT_THE_DEPLOYER";
      readonly signer: Address | null;
      readonly deployer: Address;
    };

/** What a deployer signs (ERC-191, version 0x45) to publish a contract's source. */
export function sourceStatement(chainId: bigint, contract: Address, source: string): string {
  return [
    "DelChain contract source",
    `chain id: ${chainId}`,
    `contract: ${contract}`,
    `source: ${keccak256(new TextEncoder().encode(source))}`,
  ].join("\n");
}

/**
 * Sources that deployers have published, one file a contract. They are no part of the chain: a node keeps them for
 * those who ask, and whoever asks builds them anew and compares.
 */
export class PublishedSources {
  readonly #folder: string;
  readonly #chainId: bigint;
  readonly #bytesMax: number;
  #bytes: number;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(folder: string, chainId: bigint, bytesMax: number, bytes: number) {
    this.#folder = folder;
    this.#chainId = chainId;
    this.#bytesMax = bytesMax;
    this.#bytes = bytes;
  }

  /** Throws `Unavailable` when the folder cannot be used. */
  static async open(
    folder: string,
    chainId: bigint,
    bytesMax: number = SOURCES_BYTES_MAX,
  ): Promise<PublishedSources> {
    return onDisk(folder, async () => {
      await mkdir(folder, { recursive: true });
      let bytes = 0;
      for (const file of await readdir(folder)) {
        const path = join(folder, file);
        // A node that ended while it wrote left the half of a file.
        if (!file.endsWith(".json")) await rm(path, { force: true });
        else bytes += (await stat(path)).size;
      }
      return new PublishedSources(folder, chainId, bytesMax, bytes);
    });
  }

  /**
   * Keeps a contract's source, in place of what was published before; it is on disk when the promise resolves.
   * Throws `InvalidInput<InvalidSource>`, also when somebody else than the deployer has signed.
   */
  async publish(published: PublishedSource): Promise<void> {
    const { publisher, address, source, signature } = published;
    const signer = signerOf(sourceStatement(this.#chainId, address, source), signature);
    if (signer !== publisher) {
      throw new InvalidInput<InvalidSource>(
        { code: "NOT_THE_DEPLOYER", signer: signer ?? null, deployer: publisher },
        `the source of ${address} is signed by ${signer ?? "nobody"}; only its deployer ${publisher} publishes it`,
      );
    }
    const text = JSON.stringify(published);
    // One after the other, so that the sum is right.
    const written = this.#last.then(() => this.#write(address, new TextEncoder().encode(text)));
    this.#last = written.catch(() => undefined);
    await written;
  }

  /** `undefined` when nothing was published. */
  of(address: Address): Promise<PublishedSource | undefined> {
    return onDisk(this.#folder, async () => {
      const text = await readFile(this.#path(address), "utf8").catch(absent);
      return text === undefined ? undefined : (JSON.parse(text) as PublishedSource);
    });
  }

  #path(address: Address): string {
    return join(this.#folder, `${address}.json`);
  }

  async #write(address: Address, bytes: Uint8Array): Promise<void> {
    const path = this.#path(address);
    await onDisk(this.#folder, async () => {
      const before = (await stat(path).catch(absent))?.size ?? 0;
      const total = this.#bytes - before + bytes.length;
      if (total > this.#bytesMax) {
        throw new InvalidInput<InvalidSource>(
          { code: "SOURCES_FULL", bytes: total, limit: this.#bytesMax },
          `this node keeps ${this.#bytesMax} bytes of sources, and with this one there were ${total}; publish to another node`,
        );
      }
      await writeFile(`${path}.new`, bytes, { flush: true });
      await rename(`${path}.new`, path);
      await syncFolder(this.#folder);
      this.#bytes = total;
    });
  }
}

/** Throws `InvalidInput<InvalidSource>` above `SOURCE_BYTES_MAX`. */
export function checkSourceSize(source: string): void {
  const bytes = new TextEncoder().encode(source).length;
  if (bytes <= SOURCE_BYTES_MAX) return;
  throw new InvalidInput<InvalidSource>(
    { code: "SOURCE_TOO_LARGE", bytes, limit: SOURCE_BYTES_MAX },
    `the source has ${bytes} bytes and may have ${SOURCE_BYTES_MAX}; leave out what the contract is not built from`,
  );
}

/** Who signed a text (ERC-191); `undefined` when nobody could have. */
function signerOf(text: string, signature: Hex): Address | undefined {
  const bytes = Buffer.from(signature.slice(2), "hex");
  const v = bytes[64];
  if (bytes.length !== 65 || (v !== 27 && v !== 28)) return undefined;
  const message = new TextEncoder().encode(text);
  const prefix = new TextEncoder().encode(`\x19Ethereum Signed Message:\n${message.length}`);
  const hash = hashToBytes(keccak256(concatBytes(prefix, message)));
  const publicKey = nobleRecovery.recover(hash, bytes.subarray(0, 64), v === 27 ? 0 : 1);
  return publicKey && addressFromBytes(keccak256Bytes(publicKey).subarray(12));
}

/** A renamed file is there after a crash only when its folder was written too. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}

async function onDisk<T>(folder: string, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    if (error instanceof InvalidInput) throw error;
    throw new Unavailable("sources", `${folder}: ${(error as Error).message}`, { cause: error });
  }
}
