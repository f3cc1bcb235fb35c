import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import {
  addressFromBytes,
  encodeRlp,
  fromHex,
  hashFromBytes,
  InvalidInput,
  keccak256,
  type RlpItem,
  toHex,
} from "@delchain/runtime";
import { createBlockHeader } from "@ethereumjs/block";
import { Common, Hardfork, Mainnet } from "@ethereumjs/common";
import fc from "fast-check";
import { headers } from "./arbitraries.ts";
import type { Header } from "./header.ts";
import {
  decodeHeader,
  EMPTY_OMMERS_HASH,
  EMPTY_REQUESTS_HASH,
  encodeHeader,
  hashHeader,
  headerFields,
} from "./headerCodec.ts";

const common = new Common({ chain: Mainnet, hardfork: Hardfork.Osaka });
const sample: Header = {
  parentHash: hashFromBytes(new Uint8Array(32).fill(1)),
  producer: addressFromBytes(new Uint8Array(20).fill(2)),
  stateRoot: hashFromBytes(new Uint8Array(32).fill(3)),
  transactionsRoot: hashFromBytes(new Uint8Array(32).fill(4)),
  receiptsRoot: hashFromBytes(new Uint8Array(32).fill(5)),
  logsBloom: new Uint8Array(256).fill(6),
  number: 7n,
  gasLimit: 8n,
  gasUsed: 0n,
  timestamp: 9n,
  extraData: new Uint8Array(32).fill(10),
  mixHash: hashFromBytes(new Uint8Array(32).fill(11)),
  baseFeePerGas: 12n,
};

test("a header has the hash that @ethereumjs/block computes for Osaka, field by field", () => {
  fc.assert(
    fc.property(headers, (header) => {
      const { logsBloom, extraData, producer, baseFeePerGas, number, timestamp } = header;
      const theirs = createBlockHeader(
        {
          parentHash: fromHex(header.parentHash),
          coinbase: producer,
          stateRoot: fromHex(header.stateRoot),
          transactionsTrie: fromHex(header.transactionsRoot),
          receiptTrie: fromHex(header.receiptsRoot),
          logsBloom,
          number,
          // It refuses gas figures that no block can have; the codec does not judge.
          gasLimit: ((2n ** 63n - 1n) & header.gasLimit) | 5_000n,
          gasUsed: 0n,
          timestamp,
          extraData,
          mixHash: fromHex(header.mixHash),
          baseFeePerGas,
          requestsHash: fromHex(EMPTY_REQUESTS_HASH),
        },
        { common, skipConsensusFormatValidation: true },
      );
      const own = {
        ...header,
        gasLimit: ((2n ** 63n - 1n) & header.gasLimit) | 5_000n,
        gasUsed: 0n,
      };
      assert.equal(hashHeader(own), toHex(theirs.hash()));
      assert.equal(toHex(encodeHeader(own)), toHex(theirs.serialize()));
    }),
    { numRuns: 50 },
  );
});

test("a header decodes to itself", () => {
  fc.assert(
    fc.property(headers, (header) => {
      assert.deepEqual(decodeHeader(encodeHeader(header)), header);
    }),
  );
});

test("the constants are the hashes of what they stand for", () => {
  assert.equal(EMPTY_REQUESTS_HASH, `0x${createHash("sha256").digest("hex")}`);
  assert.equal(EMPTY_OMMERS_HASH, keccak256(encodeRlp([])));
});

test("a header with another constant is refused, and the message names it", () => {
  for (const position of [1, 7, 14, 16, 17, 18, 19, 20]) {
    const fields: RlpItem[] = [...headerFields(sample)];
    fields[position] = Uint8Array.of(1);
    assert.throws(
      () => decodeHeader(encodeRlp(fields)),
      (error) => error instanceof InvalidInput && error.facts.code === "HEADER_CONSTANT",
      `field ${position}`,
    );
  }
});

test("a header with a field too many, too few, too long, or with leading zeros is refused", () => {
  const fields = headerFields(sample);
  const hostile: readonly (readonly RlpItem[])[] = [
    fields.slice(0, 20),
    [...fields, new Uint8Array(0)],
    fields.map((field, i) => (i === 12 ? new Uint8Array(33) : field)),
    fields.map((field, i) => (i === 12 ? new Uint8Array(31) : field)),
    fields.map((field, i) => (i === 8 ? Uint8Array.of(0, 7) : field)),
    fields.map((field, i) => (i === 8 ? new Uint8Array(9).fill(1) : field)),
    fields.map((field, i) => (i === 6 ? new Uint8Array(255) : field)),
    fields.map((field, i) => (i === 2 ? [] : field)),
  ];
  const accepted = hostile.filter((list) => {
    try {
      decodeHeader(encodeRlp(list));
      return true;
    } catch (error) {
      assert(error instanceof InvalidInput);
      return false;
    }
  });
  assert.deepEqual(accepted, []);
});
