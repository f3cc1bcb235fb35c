import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type AbiParameter,
  decodeAbiParameters,
  encodeAbiParameters,
  encodeFunctionData,
  keccak256 as keccakOf,
  parseAbi,
} from "viem";
import { fromHex, toHex } from "./bytes.ts";
import { connectHost, runContract } from "./host.ts";
import {
  address,
  bool,
  bytes,
  bytes32,
  type Contract,
  contract,
  external,
  host,
  keccak256,
  mapping,
  nested,
  payable,
  storage,
  string,
  uint,
  uint256,
  value,
} from "./index.ts";
import { decodeFields, encodeFields } from "./types.ts";

const WHO = `0x${"cd".repeat(20)}` as const;
const OTHER = `0x${"ab".repeat(20)}` as const;
const FIELDS = {
  flag: bool,
  who: address,
  word: bytes32,
  data: bytes,
  text: string,
  small: uint(8),
};
const PARAMETERS: readonly AbiParameter[] = Object.values(FIELDS).map(({ name }) => ({
  type: name,
}));

/** Runs a contract on slots in memory, as the launcher would; returns status and output as a RESULT has them. */
function run(
  made: Contract,
  input: Uint8Array,
  sent = 0n,
  slots = new Map<string, string>(),
): string {
  connectHost((body) => {
    const hex = toHex(body).slice(4);
    if (body[0] === 2) slots.set(hex.slice(0, 64), hex.slice(64));
    return fromHex(`0x00${body[0] === 1 ? (slots.get(hex) ?? "0".repeat(64)) : ""}`);
  });
  const fields = new Uint8Array(176);
  fields[91] = Number(sent);
  return toHex(runContract([made], Uint8Array.from([...fields, ...input]), []));
}

test("tuples of every type are encoded and decoded as viem does", () => {
  for (const [data, text] of [
    ["0x", ""],
    [`0x${"ee".repeat(32)}`, "ä".repeat(33)],
    [`0x${"ee".repeat(33)}`, "plain"],
  ] as const) {
    const values = [true, WHO, `0x${"77".repeat(32)}`, data, text, 255n] as const;
    const expected = encodeAbiParameters(PARAMETERS, [...values.slice(0, 5), 255]);
    const encoded = encodeFields(Object.values(FIELDS), values);
    assert.equal(toHex(encoded), expected);
    assert.deepEqual(Object.values(decodeFields(FIELDS, encoded)), values);
    assert.equal(decodeAbiParameters(PARAMETERS, toHex(encoded)).length, values.length);
  }
});

test("storage lies where Solidity puts it: slots in order, mappings by the hash of key and slot", () => {
  const { first, amounts, allowances } = storage({
    first: value(uint256),
    amounts: mapping(address, uint256),
    allowances: nested(address, mapping(address, uint256)),
  });
  const slots = new Map<string, string>();
  const fill = contract({
    fill: external({}, () => {
      first.set(1n);
      amounts.set(WHO, 2n);
      allowances(WHO).set(OTHER, first.get() + amounts.get(WHO));
    }),
  });
  const input = fromHex(encodeFunctionData({ abi: parseAbi(["function fill()"]) }));
  assert.equal(run(fill, input, 0n, slots), "0x00");
  const slotOf = (key: string, slot: string) =>
    keccakOf(`0x${key.slice(2).padStart(64, "0")}${slot}`).slice(2);
  const word = (number: number) => number.toString(16).padStart(64, "0");
  assert.deepEqual(
    [...slots],
    [
      [word(0), word(1)],
      [slotOf(WHO, word(1)), word(2)],
      [slotOf(OTHER, slotOf(WHO, word(2))), word(3)],
    ],
  );
});

test("value is refused unless a function is payable", () => {
  const takes = contract({
    plain: external({}, () => undefined),
    paid: payable(external({}, uint256, () => host.value())),
  });
  const abi = parseAbi(["function plain()", "function paid() returns (uint256)"]);
  const call = (functionName: "plain" | "paid", sent: bigint): string =>
    run(takes, fromHex(encodeFunctionData({ abi, functionName })), sent);
  assert.equal(call("plain", 0n), "0x00");
  assert.equal(call("plain", 1n), "0x01");
  assert.equal(call("paid", 7n), `0x00${"7".padStart(64, "0")}`);
});

test("what is no value of its type reverts with a reason that names it", () => {
  const reasons = [
    [async () => true, "a function is synchronous: it returned a promise"],
    [() => "0x12" as typeof WHO, "0x12 is no hexadecimal text of 20 bytes"],
  ] as const;
  for (const [body, reason] of reasons) {
    const bad = contract({ bad: external({}, address, body as () => typeof WHO) });
    const input = fromHex(encodeFunctionData({ abi: parseAbi(["function bad()"]) }));
    assert.ok(run(bad, input).includes(Buffer.from(reason).toString("hex")), reason);
  }
  assert.throws(() => uint(7), /there is no uint7: bits are 8 to 256 in steps of 8/);
});

test("outside of a call there is no host", () => {
  assert.equal(toHex(keccak256(new Uint8Array())), keccakOf("0x"));
  const empty = runContract([], new Uint8Array(176), []);
  assert.match(Buffer.from(empty).toString(), /the module exports no contract/);
});
