import assert from "node:assert/strict";
import { test } from "node:test";
import { fromHex, InvalidInput, Unavailable } from "@delchain/runtime";
import { decodeRevertReason } from "./revertReason.ts";
import { outputOf, RpcError, type RpcLog, revertedError, toRpcError } from "./rpcErrors.ts";

// cast abi-encode with the selectors of Error(string) and Panic(uint256).
const WORD = (hex: string): string => hex.padStart(64, "0");
const HELLO = fromHex(`0x08c379a0${WORD("20")}${WORD("5")}${"68656c6c6f".padEnd(64, "0")}`);
const OVERFLOW = fromHex(`0x4e487b71${WORD("11")}`);

function shown(error: unknown): { code: number; message: string; data: unknown; logged: string[] } {
  const logged: string[] = [];
  const note = (_facts: object, message: string): void => void logged.push(message);
  const log: RpcLog = { warn: note, error: note };
  const { code, message, data } = toRpcError(error, "eth_test", log);
  return { code, message, data, logged };
}

test("a revert is code 3 with Solidity's reason and the data", () => {
  const error = revertedError(HELLO);
  assert.equal(error.code, 3);
  assert.equal(error.message, "execution reverted: hello");
  assert.equal(error.data, `0x${Buffer.from(HELLO).toString("hex")}`);
  assert.match(revertedError(OVERFLOW).message, /arithmetic underflow or overflow/);
  assert.equal(revertedError(Uint8Array.of(1, 2)).message, "execution reverted");
});

test("revert data that lies about its lengths has no reason, and is no trouble", () => {
  const selector = "0x08c379a0";
  for (const body of [
    `${WORD("ff")}${WORD("5")}`,
    `${"f".repeat(64)}${WORD("5")}`,
    `${WORD("20")}${"f".repeat(64)}`,
    `${WORD("20")}${WORD("6")}68656c6c6f`,
    WORD("0"),
  ]) {
    assert.equal(
      decodeRevertReason(fromHex(selector + body)) ?? "none",
      body === WORD("0") ? "" : "none",
    );
  }
});

test("a halt names its reason, and out of gas by the words that clients know", () => {
  assert.throws(
    () => outputOf({ status: "halt", gasUsed: 1n, reason: "OutOfGas" }),
    (error) =>
      error instanceof RpcError && error.code === -32000 && /out of gas/.test(error.message),
  );
});

test("a sender's fault shows its facts, amounts in hex", () => {
  const pruned = { code: "STATE_PRUNED", number: 5n, oldest: 10n, newest: 20n };
  assert.deepEqual(shown(new InvalidInput(pruned, "the state of block 5 is gone")), {
    code: -32001,
    message: "the state of block 5 is gone",
    data: { code: "STATE_PRUNED", number: "0x5", oldest: "0xa", newest: "0x14" },
    logged: [],
  });
});

test("bytes that are no transaction are wrong parameters, a transaction that may not wait is rejected", () => {
  const codeOf = (code: string): number => shown(new InvalidInput({ code }, "no")).code;
  assert.deepEqual(
    ["INVALID_RLP", "CHAIN_ID", "SIGNATURE_NOT_LOW"].map(codeOf),
    [-32602, -32602, -32602],
  );
  assert.deepEqual(
    ["NONCE_TOO_LOW", "INSUFFICIENT_FUNDS", "ANY_NEW_ONE"].map(codeOf),
    [-32003, -32003, -32003],
  );
});

test("trouble of this machine names the part and is logged", () => {
  assert.deepEqual(shown(new Unavailable("evm", "the query took over 5,000 ms")), {
    code: -32002,
    message: "evm is unavailable: the query took over 5,000 ms",
    data: { part: "evm" },
    logged: ["a request found a part unavailable"],
  });
});

test("a bug is shown without its insides, and logged", () => {
  assert.deepEqual(shown(new TypeError("secret path /x")), {
    code: -32603,
    message: "internal error",
    data: undefined,
    logged: ["a request met a bug"],
  });
});
