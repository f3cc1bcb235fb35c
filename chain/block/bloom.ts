import { addressToBytes, hashToBytes, keccak256Bytes, type Log } from "@delchain/runtime";

export const BLOOM_BYTES = 256;

export const EMPTY_BLOOM: Uint8Array = new Uint8Array(BLOOM_BYTES);

/** Ethereum's 2,048-bit filter over the logs' addresses and topics (Yellow Paper, 4.4.3). */
export function bloomOf(logs: readonly Log[]): Uint8Array {
  if (logs.length === 0) return EMPTY_BLOOM;
  const bloom = new Uint8Array(BLOOM_BYTES);
  for (const { address, topics } of logs) {
    addToBloom(bloom, addressToBytes(address));
    for (const topic of topics) addToBloom(bloom, hashToBytes(topic));
  }
  return bloom;
}

/** The filter of everything that any of the blooms holds. */
export function mergeBlooms(blooms: readonly Uint8Array[]): Uint8Array {
  const merged = new Uint8Array(BLOOM_BYTES);
  for (const bloom of blooms) {
    for (let i = 0; i < BLOOM_BYTES; i++) merged[i] = (merged[i] as number) | (bloom[i] as number);
  }
  return merged;
}

/** `false` says that no log has this address or topic; `true` that one may. */
export function mayContain(bloom: Uint8Array, value: Uint8Array): boolean {
  return hasBloomBits(bloom, bloomBits(value));
}

/** The three bits that a value sets. Worth keeping when one value is looked for in many filters. */
export type BloomBits = readonly { readonly byte: number; readonly mask: number }[];

export function hasBloomBits(bloom: Uint8Array, bits: BloomBits): boolean {
  return bits.every(({ byte, mask }) => ((bloom[byte] as number) & mask) !== 0);
}

function addToBloom(bloom: Uint8Array, value: Uint8Array): void {
  for (const { byte, mask } of bloomBits(value)) bloom[byte] = (bloom[byte] as number) | mask;
}

/** The low 11 bits of the hash's first three byte pairs, counted from the filter's end. */
export function bloomBits(value: Uint8Array): BloomBits {
  const hash = keccak256Bytes(value);
  return [0, 2, 4].map((pair) => {
    const bit = (((hash[pair] as number) << 8) | (hash[pair + 1] as number)) & 2047;
    return { byte: BLOOM_BYTES - 1 - (bit >> 3), mask: 1 << (bit & 7) };
  });
}
