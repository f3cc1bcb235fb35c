import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeAbiParameters, keccak256, numberToHex } from "viem";
import { MAPPING_SLOTS_KNOWN, mappingSlot, toWord } from "./solidityStorage.ts";

test("a mapping's slot is Solidity's, whether it is remembered or was forgotten among more than are", () => {
  const expected = (key: bigint, slot: bigint) => {
    const types = [{ type: "uint256" }, { type: "uint256" }] as const;
    return keccak256(encodeAbiParameters(types, [key, slot]));
  };
  for (let round = 0; round < 2; round++) {
    for (let key = 0n; key <= MAPPING_SLOTS_KNOWN; key++) {
      const found = mappingSlot(toWord(key), 3n);
      if (key % 512n === 0n) assert.equal(found, expected(key, 3n));
    }
  }
  // A key is padded from the left, and a slot may be a hash itself.
  assert.equal(mappingSlot(numberToHex(5, { size: 20 }), 3n), expected(5n, 3n));
  assert.equal(mappingSlot(toWord(5n), toWord(3n)), expected(5n, 3n));
});
