import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import {
  bootEngine,
  CODE_KINDS,
  describePhp,
  encodeEnvelope,
  fromHex,
  toHex,
} from "@delchain/runtime";
import { type Abi, type AbiFunction, encodeFunctionData, type Hex, toFunctionSelector } from "viem";
import { currentPins } from "../../runtime/php/testing/phpChain.ts";
import { Ledger, plain } from "./ledger.ts";
import { compileSolidity } from "./solidity.ts";
import { ALICE, BOB } from "./tokenScenario.ts";

// Structs and enums of one contract in Solidity and in PHP: solc is the judge of every slot, result and revert.

function source(name: string): string {
  return readFileSync(new URL(`php/${name}`, import.meta.url), "utf8");
}

const php = new TextEncoder().encode(source("Records.php"));
const solidity = compileSolidity(
  { "Records.sol": source("Records.sol") },
  "Records.sol",
  "Records",
);
const abi = solidity.abi as Abi;
const LONG = "a note that is longer than the thirty-two bytes of a word";

function invoke(functionName: string, ...args: readonly unknown[]): Hex {
  return encodeFunctionData({ abi, functionName, args: [...args] });
}

const [U64_MAX, KIND_WORD] = [2n ** 64n - 1n, 32 + 4];

/** An enter whose kind no member of the enum has. */
function unknownKind(): Hex {
  const input = fromHex(invoke("enter", BOB, 2, 1n, ""));
  input[KIND_WORD + 31] = 3;
  return toHex(input);
}

const STEPS: Readonly<Record<string, Hex>> = {
  "a struct between small values": invoke("setSpan", 5n, 2n ** 63n - 1n, 9),
  "a struct with all kinds of fields": invoke("enter", BOB, 2, 10n, LONG),
  "a shorter string over a longer one": invoke("enter", BOB, 1, 11n, "short"),
  "a custom error with an enum": invoke("enter", BOB, 0, 1n, ""),
  "a number that is no member of the enum": unknownKind(),
  "a struct read": invoke("entry", BOB),
  "a struct pushed": invoke("push", { from: 1n, to: U64_MAX }),
  "another one": invoke("push", { from: 3n, to: 4n }),
  "an element read": invoke("spanAt", 1n),
  "an index out of range": invoke("spanAt", 2n),
  "an element popped": invoke("pop"),
  "a struct deleted, but for its mapping": invoke("leave", BOB),
  "a struct that is not there": invoke("entry", ALICE),
};

describe("structs and enums in PHP", () => {
  test("have the slots, results and reverts of Solidity's", () => {
    const ledger = new Ledger([ALICE, BOB]);
    const contracts = [
      ledger.deploy(solidity.bytecode as Hex, "Records in Solidity"),
      ledger.deploy(toHex(encodeEnvelope(CODE_KINDS.php, php)), "Records in PHP"),
    ];
    for (const [name, data] of Object.entries(STEPS)) {
      const [expected, found] = contracts.map((to) => plain(ledger.send(ALICE, to, data)));
      assert.deepEqual(found, expected, name);
      const [slots, own] = contracts.map((address) => ledger.storage(address));
      assert.deepEqual(own, slots, name);
    }
    assert.ok(ledger.storage(contracts[0] as never).length > 0);
  });

  test("have the selectors of Solidity's, and the ABI has custom errors", () => {
    const described = describePhp(php, bootEngine(currentPins())) as Abi;
    const selectors = (of: Abi): readonly string[] =>
      of
        .filter((entry): entry is AbiFunction => entry.type === "function")
        .map((entry) => toFunctionSelector(entry))
        .sort();
    assert.deepEqual(selectors(described), selectors(abi));
    assert.deepEqual(
      described.filter(({ type }) => type === "error"),
      [
        {
          type: "error",
          name: "Unknown",
          inputs: [
            { name: "who", type: "address" },
            { name: "kind", type: "uint8" },
          ],
        },
      ],
    );
  });
});
