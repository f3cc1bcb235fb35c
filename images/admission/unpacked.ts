import { pipeline, Readable } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { MAX_RATIO, RATIO_FREE_BYTES } from "./limits.ts";
import { refuse } from "./refusal.ts";

const GZIP = "1f8b";
const ZSTD = "28b52ffd";

/**
 * A layer's tar from the bytes that an archive has of it: plain, gzip or zstd. Throws `InvalidInput` as soon as more than
 * `MAX_RATIO` bytes come of one, long before a bomb has filled anything.
 */
export async function* unpacked(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let packedBytes = 0;
  const counted = (async function* () {
    for await (const piece of pieces) {
      packedBytes += piece.length;
      yield piece;
    }
  })();
  const { first, all } = await peeked(counted);
  const unpacker = unpackerOf(first);
  if (unpacker === undefined) return yield* all;
  let bytes = 0;
  try {
    // What goes wrong on either side ends both.
    const stream = pipeline(Readable.from(all), unpacker, () => undefined);
    for await (const piece of stream) {
      bytes += piece.length;
      if (bytes > RATIO_FREE_BYTES && bytes > packedBytes * MAX_RATIO) throw new Bomb();
      yield piece;
    }
  } catch (error) {
    if (error instanceof Bomb) {
      refuse(
        "ratio",
        `a layer of ${packedBytes} bytes unpacks to more than ${bytes}, over ${MAX_RATIO} for one; a layer that does is made to fill a disk`,
      );
    }
    if (
      (error as NodeJS.ErrnoException).code?.startsWith("Z_") ||
      /zstd/i.test(String((error as NodeJS.ErrnoException).code))
    ) {
      refuse(
        "archive",
        `a layer cannot be unpacked: ${(error as Error).message}; it is cut or damaged`,
      );
    }
    throw error;
  }
}

class Bomb extends Error {}

function unpackerOf(first: Uint8Array) {
  const magic = Buffer.from(first.subarray(0, 4)).toString("hex");
  if (magic.startsWith(GZIP)) return createGunzip();
  return magic === ZSTD ? createZstdDecompress() : undefined;
}

/** The first bytes, four at least unless there are fewer, and all of them once more. */
async function peeked(pieces: AsyncGenerator<Uint8Array>): Promise<{
  readonly first: Uint8Array;
  readonly all: AsyncGenerator<Uint8Array>;
}> {
  let first: Uint8Array = new Uint8Array(0);
  while (first.length < 4) {
    const { done, value } = await pieces.next();
    if (done) break;
    first = first.length === 0 ? value : Buffer.concat([first, value]);
  }
  const all = (async function* () {
    try {
      yield first;
      yield* pieces;
    } finally {
      // Whoever stops at the first piece has not come to the others yet.
      await pieces.return(undefined);
    }
  })();
  return { first, all };
}
