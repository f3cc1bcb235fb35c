import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { encodeAbiParameters, encodeFunctionData, type Hex, parseAbi } from "viem";
import { fromHex, toHex } from "../types/bytes.ts";
import { consoleText } from "./consoleText.ts";

function printed(signature: string, ...args: readonly unknown[]): string {
  const abi = parseAbi([`function ${signature}` as "function log(string)"]);
  return consoleText(fromHex(encodeFunctionData({ abi, args: args as [string] })));
}

test("what console.sol encodes is shown as it was meant", () => {
  const who = "0x00000000000000000000000000000000000000AA";
  assert.equal(printed("log()"), "");
  assert.equal(printed("log(string)", "hällo"), "hällo");
  assert.equal(printed("log(uint256)", 2n ** 255n), String(2n ** 255n));
  assert.equal(printed("logInt(int256)", -5n), "-5");
  assert.equal(printed("log(string,uint256)", "have %d of", 7n), "have 7 of");
  assert.equal(
    printed("log(string,address,bool)", "from %s:", who, true),
    `from ${who.toLowerCase()}: true`,
  );
  assert.equal(
    printed("log(uint256,string,bool,address)", 1n, "a", false, who),
    `1 a false ${who.toLowerCase()}`,
  );
  assert.equal(printed("logBytes(bytes)", "0x0102"), "0x0102");
  assert.equal(printed("logBytes32(bytes32)", `0x${"ab".repeat(32)}`), `0x${"ab".repeat(32)}`);
  // Libraries that hash `uint` for `uint256`.
  assert.equal(
    consoleText(fromHex(`0xf5b1bba9${encodeAbiParameters([{ type: "uint256" }], [9n]).slice(2)}`)),
    "9",
  );
});

test("what is no call of console.sol is shown in hex, and what is cut off or points anywhere throws nothing", () => {
  assert.equal(consoleText(fromHex("0x")), "0x");
  assert.equal(consoleText(fromHex("0x01020304aa")), "0x01020304aa");
  const whole = fromHex(
    encodeFunctionData({
      abi: parseAbi(["function log(string,string)"]),
      args: ["one", "two"],
    }) as Hex,
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(whole.length), (bytes, cut) => {
      const bent = whole.slice(0, cut);
      bent.set(bytes.subarray(0, Math.max(0, bent.length - 4)), Math.min(4, bent.length));
      assert.equal(typeof consoleText(bent), "string", toHex(bent));
    }),
  );
});
