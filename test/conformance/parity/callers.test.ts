import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { compileAssemblyScript } from "@delchain/assemblyscript";
import { compileC } from "@delchain/c";
import { compileJava } from "@delchain/java";
import { type Address, CODE_KINDS, encodeEnvelope, toHex } from "@delchain/runtime";
import {
  type Abi,
  encodeAbiParameters,
  encodeFunctionData,
  type Hex,
  pad,
  parseAbiParameters,
} from "viem";
import { Ledger } from "../ledger.ts";
import { compileSolidity } from "../solidity.ts";
import { ALICE, BOB } from "../tokenScenario.ts";
import { clubSource } from "./club.ts";

// What a contract does with others, in the tiers that call: the same transactions must come to the same results,
// events and storage. Ledgers begin alike, so addresses are alike too.

const SOURCES = { "Caller.sol": clubSource("solidity/Caller.sol") };
const counter = compileSolidity(SOURCES, "Caller.sol", "Counter");
const solidity = compileSolidity(SOURCES, "Caller.sol", "Caller");
const abi = solidity.abi;

const CONSTRUCTOR: Hex = encodeAbiParameters(parseAbiParameters("address, string, uint256[]"), [
  BOB,
  "a name that is longer than thirty-two bytes",
  [1n, 2n, 3n],
]);

type Step = {
  readonly name: string;
  readonly to: "caller" | "counter";
  readonly data: Hex;
  readonly value?: bigint;
};

function invoke(name: string, functionName: string, args: readonly unknown[], value = 0n): Step {
  const data = encodeFunctionData({ abi: abi as Abi, functionName, args: [...args] });
  return { name, to: "caller", data, value };
}

function steps(target: Address, caller: Address, envelope: Hex): readonly Step[] {
  const salt = pad("0x5a", { size: 32 });
  const again = encodeFunctionData({
    abi: abi as Abi,
    functionName: "guarded",
    args: [target, "0x"],
  });
  const look = encodeFunctionData({ abi: abi as Abi, functionName: "summary" });
  return [
    invoke("the constructor had its arguments", "summary", []),
    invoke("a typed call with value", "forward", [target, 7n], 5n),
    invoke("a typed call that reverts with a custom error", "forward", [target, 101n]),
    invoke("a typed call of an account without code", "forward", [BOB, 1n]),
    invoke("a typed view", "peek", [target]),
    invoke("an attempt that succeeds", "attempt", [target, ""]),
    invoke("an attempt that fails", "attempt", [target, "because"]),
    invoke("creations in the EVM", "make", [counter.bytecode, salt]),
    invoke("creations in the WebAssembly tier", "make", [envelope, salt]),
    invoke("the same salt again", "make", [counter.bytecode, salt]),
    invoke("a guarded method that reaches its own fallback", "guarded", [caller, "0x"]),
    invoke("a guarded method called back", "guarded", [target, again]),
    invoke("an open method called back", "guarded", [target, look]),
    { name: "plain value", to: "caller", data: "0x", value: 3n },
    { name: "nothing at all", to: "caller", data: "0x" },
    { name: "an unknown selector", to: "caller", data: "0xdeadbeef01" },
    { name: "three bytes", to: "caller", data: "0xdeadbe" },
    { name: "an unknown selector with value", to: "caller", data: "0xdeadbeef", value: 1n },
    invoke("value for a method that takes none", "attempt", [target, ""], 1n),
    invoke("the count in the end", "peek", [target]),
  ];
}

/** Everything but gas. */
function play(initCode: Hex, envelope: Hex): readonly object[] {
  const ledger = new Ledger([ALICE, BOB]);
  const target = ledger.deploy(counter.bytecode as Hex, "Counter");
  const caller = ledger.deploy(`${initCode}${CONSTRUCTOR.slice(2)}`, "Caller");
  const outcomes = steps(target, caller, envelope).map(({ name, to, data, value = 0n }) => {
    const outcome = ledger.send(ALICE, to === "caller" ? caller : target, data, value);
    if (outcome.status !== "success" && outcome.status !== "revert") return { name, outcome };
    const logs = outcome.status === "success" ? outcome.logs : [];
    return { name, status: outcome.status, output: toHex(outcome.output), logs };
  });
  return [...outcomes, { caller: ledger.storage(caller) }, { target: ledger.storage(target) }];
}

describe("callers in every language of the synchronous tiers", () => {
  let envelope: Hex;
  let expected: readonly object[] = [];

  before(async () => {
    const source = '#include "delchain.h"\nDC_CONTRACT()';
    const module = await compileC({ main: "a.c", files: { "a.c": source } });
    envelope = toHex(encodeEnvelope(CODE_KINDS.wasm, module));
    expected = play(solidity.bytecode as Hex, envelope);
  });

  test("do in Solidity what the steps say", () => {
    const failed = (expected as readonly { readonly name?: string; readonly status?: string }[])
      .filter(({ status }) => status === "revert")
      .map(({ name }) => name);
    assert.deepEqual(failed, [
      "a typed call that reverts with a custom error",
      "a typed call of an account without code",
      "the same salt again",
      "a guarded method called back",
      "an unknown selector with value",
      "value for a method that takes none",
    ]);
  });

  test("call, try, create, guard, receive and fall back in C as in Solidity", async () => {
    const files = { "caller.c": clubSource("c/caller.c") };
    const module = await compileC({ main: "caller.c", files });
    assert.deepEqual(play(toHex(encodeEnvelope(CODE_KINDS.wasm, module)), envelope), expected);
  });

  test("call, try, create, guard, receive and fall back in AssemblyScript as in Solidity", async () => {
    const files = { "caller.ts": clubSource("assemblyscript/caller.ts") };
    const { module } = await compileAssemblyScript({ main: "caller.ts", files });
    assert.deepEqual(play(toHex(encodeEnvelope(CODE_KINDS.wasm, module)), envelope), expected);
  });

  test("call, try, create, guard, receive and fall back in Java as in Solidity", async () => {
    const files = { "Caller.java": clubSource("java/Caller.java") };
    const { module } = await compileJava({ files });
    assert.deepEqual(play(toHex(encodeEnvelope(CODE_KINDS.wasm, module)), envelope), expected);
  });

  test("call, try, create, guard, receive and fall back in PHP as in Solidity", () => {
    const source = new TextEncoder().encode(clubSource("php/Caller.php"));
    assert.deepEqual(play(toHex(encodeEnvelope(CODE_KINDS.php, source)), envelope), expected);
  });
});
