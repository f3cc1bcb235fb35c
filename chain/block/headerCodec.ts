import {
  decodeRlp,
  EMPTY_ROOT,
  encodeRlp,
  fromHex,
  type Hash,
  InvalidInput,
  keccak256,
  type RlpItem,
  toHash,
  toHex,
  ZERO_HASH,
} from "@delchain/runtime";
import {
  integerBytes,
  readAddress,
  readFixedBytes,
  readHash,
  readInteger,
  readList,
} from "../tx/rlpFields.ts";
import { BLOOM_BYTES } from "./bloom.ts";
import type { Header } from "./header.ts";

export type InvalidHeader = {
  readonly code: "HEADER_CONSTANT";
  readonly field: string;
  readonly value: string;
  readonly expected: string;
};

/** keccak-256 of RLP's empty list: no ommers (EIP-3675). */
export const EMPTY_OMMERS_HASH: Hash = toHash(
  "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347",
);

/** SHA-256 of no bytes: no execution layer requests (EIP-7685). */
export const EMPTY_REQUESTS_HASH: Hash = toHash(
  "0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
);

/** Fields that are the same in all our headers, by position, as hex of their bytes. */
const CONSTANTS: Readonly<Record<number, { readonly field: string; readonly value: string }>> = {
  1: { field: "sha3Uncles", value: EMPTY_OMMERS_HASH },
  7: { field: "difficulty", value: "0x" },
  14: { field: "nonce", value: "0x0000000000000000" },
  16: { field: "withdrawalsRoot", value: EMPTY_ROOT },
  17: { field: "blobGasUsed", value: "0x" },
  18: { field: "excessBlobGas", value: "0x" },
  19: { field: "parentBeaconBlockRoot", value: ZERO_HASH },
  20: { field: "requestsHash", value: EMPTY_REQUESTS_HASH },
};

/** The 21 fields of Ethereum's header at the Osaka fork, in its order. */
export function headerFields(header: Header): readonly RlpItem[] {
  const variable: Readonly<Record<number, Uint8Array>> = {
    0: fromHex(header.parentHash),
    2: fromHex(header.producer),
    3: fromHex(header.stateRoot),
    4: fromHex(header.transactionsRoot),
    5: fromHex(header.receiptsRoot),
    6: header.logsBloom,
    8: integerBytes(header.number),
    9: integerBytes(header.gasLimit),
    10: integerBytes(header.gasUsed),
    11: integerBytes(header.timestamp),
    12: header.extraData,
    13: fromHex(header.mixHash),
    15: integerBytes(header.baseFeePerGas),
  };
  return Array.from(
    { length: 21 },
    (_, i) => variable[i] ?? fromHex((CONSTANTS[i] as { value: string }).value),
  );
}

export function encodeHeader(header: Header): Uint8Array {
  return encodeRlp(headerFields(header));
}

/** The block's hash. */
export function hashHeader(header: Header): Hash {
  return keccak256(encodeHeader(header));
}

export function decodeHeader(bytes: Uint8Array): Header {
  return readHeader(decodeRlp(bytes));
}

/** Throws `InvalidInput<InvalidRlp | InvalidField | InvalidHeader>` for anything that `encodeHeader` does not write. */
export function readHeader(item: RlpItem | undefined): Header {
  const fields = readList(item, "header", 21);
  for (const [position, { field, value }] of Object.entries(CONSTANTS)) {
    const bytes = fields[Number(position)];
    const actual = bytes instanceof Uint8Array ? toHex(bytes) : "a list";
    if (actual !== value) {
      throw new InvalidInput<InvalidHeader>(
        { code: "HEADER_CONSTANT", field, value: actual, expected: value },
        `the header's ${field} is ${actual}; on this chain it is always ${value}`,
      );
    }
  }
  return {
    parentHash: readHash(fields[0], "header.parentHash"),
    producer: readAddress(fields[2], "header.producer"),
    stateRoot: readHash(fields[3], "header.stateRoot"),
    transactionsRoot: readHash(fields[4], "header.transactionsRoot"),
    receiptsRoot: readHash(fields[5], "header.receiptsRoot"),
    logsBloom: readFixedBytes(fields[6], "header.logsBloom", BLOOM_BYTES),
    number: readInteger(fields[8], "header.number", 8),
    gasLimit: readInteger(fields[9], "header.gasLimit", 8),
    gasUsed: readInteger(fields[10], "header.gasUsed", 8),
    timestamp: readInteger(fields[11], "header.timestamp", 8),
    extraData: readFixedBytes(fields[12], "header.extraData", 32),
    mixHash: readHash(fields[13], "header.mixHash"),
    baseFeePerGas: readInteger(fields[15], "header.baseFeePerGas", 32),
  };
}
