import type { Hex } from "viem";

// Calldata that no encoder makes. Whether it decodes is not ours to say: solc's code is asked.

const WORD_DIGITS = 64;

export type Variant = { readonly name: string; readonly data: Hex };

function word(value: bigint): string {
  return value.toString(16).padStart(WORD_DIGITS, "0");
}

/** Values that are an offset or a length at its edges, or dirty bits. */
export function edgeWords(bytes: number): readonly bigint[] {
  const length = BigInt(bytes);
  return [
    ...[0n, 1n, 2n, 31n, 32n, length, length - 32n, length - 31n],
    ...[2n ** 32n, 2n ** 64n - 1n, 2n ** 64n, 2n ** 160n, 2n ** 256n - 1n, 0xffn << 248n],
  ].filter((value) => value >= 0n);
}

export function replaceWord(data: Hex, index: number, value: bigint): Hex {
  const at = 2 + index * WORD_DIGITS;
  return `${data.slice(0, at)}${word(value)}${data.slice(at + WORD_DIGITS)}` as Hex;
}

/** What can be wrong with well-formed data: too short, too long, each word in turn replaced by each edge. */
export function variants(data: Hex, mostWords: number): readonly Variant[] {
  const bytes = (data.length - 2) / 2;
  const words = bytes / 32;
  const cut = (left: number): Variant => ({
    name: `${bytes - left} of ${bytes} bytes missing`,
    data: data.slice(0, 2 + 2 * left) as Hex,
  });
  const replaced = Array.from({ length: Math.min(words, mostWords) }, (_, index) =>
    [...new Set(edgeWords(bytes))].map((value) => ({
      name: `word ${index} is 0x${value.toString(16)}`,
      data: replaceWord(data, index, value),
    })),
  ).flat();
  return [
    ...[0, 1, 31, bytes - 32, bytes - 1].filter((left) => left >= 0 && left < bytes).map(cut),
    { name: "32 bytes too many", data: `${data}${"00".repeat(32)}` },
    { name: "one byte too many", data: `${data}ff` },
    ...replaced,
  ];
}
