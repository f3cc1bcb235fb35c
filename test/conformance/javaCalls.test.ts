import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, beforeEach, test } from "node:test";
import { compileJava } from "@delchain/java";
import { type Address, CODE_KINDS, encodeEnvelope, toHex } from "@delchain/runtime";
import {
  type Abi,
  decodeErrorResult,
  decodeFunctionResult,
  encodeFunctionData,
  getAddress,
  type Hex,
  keccak256,
  parseAbi,
} from "viem";
import { loadArtefacts } from "../../apps/tour/artefacts.ts";
import { tokenAbi } from "../../apps/tour/tokenAbi.ts";
import { Ledger } from "./ledger.ts";
import { ALICE, BOB } from "./tokenScenario.ts";

// A contract in Java that calls Solidity, itself and accounts by typed interfaces, on the real tiers.

const SOURCE = readFileSync(new URL("java/Caller.java", import.meta.url), "utf8");
const ERRORS = parseAbi([
  "error Error(string)",
  "error Panic(uint256)",
  "error ReentrancyGuardReentrantCall()",
]);

let module: Uint8Array;
let abi: Abi;
let ledger: Ledger;
let caller: Address;
let token: Address;

before(async () => {
  const compiled = await compileJava({ files: { "Caller.java": SOURCE } });
  module = compiled.module;
  abi = compiled.abi as Abi;
});

beforeEach(() => {
  ledger = new Ledger([ALICE, BOB]);
  caller = ledger.deploy(toHex(encodeEnvelope(CODE_KINDS.wasm, module)), "the caller in Java");
  const artefact = loadArtefacts().get("token-solidity");
  assert.ok(artefact !== undefined);
  token = ledger.deploy(artefact.initCode(), "the token in Solidity");
});

/** The result, or the reason of a revert. */
function call(functionName: string, args: readonly unknown[] = [], value = 0n): unknown {
  const data = encodeFunctionData({ abi, functionName, args });
  const outcome = ledger.send(ALICE, caller, data, value);
  if (outcome.status === "success") {
    return decodeFunctionResult({ abi, functionName, data: toHex(outcome.output) });
  }
  if (outcome.status !== "revert") return `halt: ${outcome.reason}`;
  if (outcome.output.length === 0) return "revert";
  const { errorName, args: reason = [] } = decodeErrorResult({
    abi: ERRORS,
    data: toHex(outcome.output),
  });
  return `revert: ${reason[0] ?? errorName}`;
}

function tokenCall(functionName: "balanceOf" | "mint", args: readonly unknown[]): Hex {
  return encodeFunctionData({ abi: tokenAbi, functionName, args: args as never });
}

test("a typed interface calls Solidity and reads its answers", () => {
  assert.equal(call("mintAndSend", [token, BOB, 7n]), 7n);
  assert.equal(call("mintAndSend", [token, BOB, 5n]), 12n);
});

test("a refusal goes up with its reason, or is caught with its data", () => {
  const before = ledger.storage(token);
  assert.equal(call("mintAndSend", [token, BOB, 2n ** 256n - 1n]), 2n ** 256n - 1n);
  assert.equal(call("mintAndSend", [token, BOB, 1n]), "revert: 17");
  assert.equal(call("trySend", [token, BOB, 9n]), 2n ** 256n - 1n);
  assert.notDeepEqual(ledger.storage(token), before);
});

test("a call that returns nothing needs code at the other end, one that returns something its answer", () => {
  assert.equal(call("mintNowhere", [BOB]), "revert");
  assert.equal(call("trySend", [BOB, BOB, 1n]), "revert");
  assert.deepEqual(
    [call("hasCode", [token]), call("hasCode", [`0x${"99".repeat(20)}`])],
    [true, false],
  );
});

test("value goes with a call to a @Payable method and to an account", () => {
  assert.equal(call("payMyself", [], 40n), 40n);
  const balance = (): bigint => ledger.block.account(BOB)?.balance ?? 0n;
  const before = balance();
  call("sendOn", [BOB, 15n]);
  assert.equal(balance() - before, 15n);
  assert.equal(call("sendOn", [BOB, 1_000n]), "revert");
});

test("structs, arrays and several results come back from another contract as they went", () => {
  const pair = { a: 2n ** 200n, b: "ü€😀" };
  const list = [1n, 2n, 3n];
  assert.deepEqual(call("two", [pair, list]), [pair, list]);
  assert.deepEqual(call("twice", [pair, list]), [pair, list]);
});

test("a @NonReentrant method is entered once at a time, others again", () => {
  assert.equal(call("locked", [false]), undefined);
  assert.equal(call("locked", [true]), "revert: ReentrancyGuardReentrantCall");
  assert.equal(call("unlocked", [true]), undefined);
  assert.equal(call("locked", [false]), undefined);
  const stored = ledger.storage(caller) as readonly { readonly value: string }[];
  assert.deepEqual(
    stored.map(({ value }) => BigInt(value)).filter((value) => value !== 0n),
    [4n],
  );
});

test("a call has the gas that it is given, and its halt can be caught", () => {
  assert.equal(call("spinBriefly"), 2);
});

test("a delegate call writes this contract's storage, a static call writes none", () => {
  const balance = tokenCall("balanceOf", [BOB]);
  const word = (value: bigint): Hex => `0x${value.toString(16).padStart(64, "0")}`;
  assert.equal(call("delegate", [token, tokenCall("mint", [BOB, 3n])]), "0x");
  assert.equal(call("delegate", [token, balance]), word(3n));
  assert.equal(call("look", [token, balance]), word(0n));
  assert.equal(call("look", [token, tokenCall("mint", [BOB, 3n])]), "revert");
});

test("a contract sees its block, its caller and itself", () => {
  assert.deepEqual(call("context"), [
    getAddress(ALICE),
    getAddress(ALICE),
    getAddress(caller),
    getAddress(`0x${"00".repeat(20)}`),
    1n,
    1_800_000_000n,
    31_337n,
    0n,
  ]);
});

test("a contract reads another one's code, and what the transaction pays for gas", () => {
  const code = call("codeOf", [token]) as Hex;
  assert.ok(code.length > 200);
  assert.equal(keccak256(code), call("codeHashOf", [token]));
  assert.equal(call("codeOf", [BOB]), "0x");
  assert.equal(call("gasPrice"), 0n);
});

test("transient storage lasts over calls until the transaction ends", () => {
  assert.deepEqual([call("countCalls", [2]), call("countCalls", [0])], [3n, 1n]);
  assert.deepEqual(ledger.storage(caller), []);
});

test("@Fallback takes what no method takes, with its calldata, and no value", () => {
  const outcome = ledger.send(ALICE, caller, "0x0102030405");
  assert.equal(outcome.status, "success");
  const stored = ledger.storage(caller) as readonly { readonly value: string }[];
  assert.deepEqual(
    stored.map(({ value }) => BigInt(value)),
    [5n],
  );
  assert.equal(ledger.send(ALICE, caller, "0x0102030405", 1n).status, "revert");
});
