import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { blockTag } from "./blockTag.ts";
import { callRequest } from "./callRequest.ts";
import {
  address,
  boolean,
  bytes,
  decodeParams,
  hash,
  index,
  optional,
  type Param,
  quantity,
  slot,
} from "./params.ts";
import { RpcError } from "./rpcErrors.ts";

const ADDRESS = `0x${"aB".repeat(20)}`;
const HASH = `0x${"cD".repeat(32)}`;

function refusal(params: readonly Param<unknown>[], given: unknown): string {
  try {
    decodeParams(params, given);
  } catch (error) {
    assert(error instanceof RpcError, String(error));
    assert.equal(error.code, -32602);
    return error.message;
  }
  return "accepted";
}

test("addresses, hashes and bytes are read in any case and lowered", () => {
  const read = decodeParams([address("a"), hash("h"), bytes("b")], [ADDRESS, HASH, "0xFf00"]);
  assert.deepEqual(read, [ADDRESS.toLowerCase(), HASH.toLowerCase(), Uint8Array.of(255, 0)]);
});

test("a slot is 32 bytes or, from older clients, a quantity", () => {
  const one = `0x${"0".repeat(63)}1`;
  assert.deepEqual(decodeParams([slot("s"), slot("t")], ["0x1", one]), [one, one]);
});

test("a value of the wrong form is named with its place, its name and what was wanted", () => {
  const cases: [Param<unknown>, unknown][] = [
    [address("account"), "0x1234"],
    [address("account"), `${ADDRESS} `],
    [hash("h"), ADDRESS],
    [quantity("q"), "0x01"],
    [quantity("q"), "0x"],
    [quantity("q"), "12"],
    [quantity("q"), 12],
    [quantity("q"), `0x1${"0".repeat(64)}`],
    [index("i"), "0x10000000000000000"],
    [bytes("data"), "0x123"],
    [bytes("data"), "zz"],
    [boolean("full"), "true"],
    [blockTag("block"), "newest"],
    [blockTag("block"), { blockNumber: "0x1", blockHash: HASH }],
    [blockTag("block"), { blockNumber: "0x1", other: 1 }],
    [blockTag("block"), 5],
  ];
  for (const [param, value] of cases) {
    const message = refusal([param], [value]);
    assert.match(
      message,
      new RegExp(`^params\\[0\\] \\(${param.name}\\)`),
      `${param.name} ${String(value)}`,
    );
  }
  assert.equal(
    refusal([address("account")], ["0x1234"]),
    'params[0] (account): wanted an address (0x and 40 hex digits), got "0x1234"',
  );
});

test("a missing parameter, one too many and a list that is none are refused", () => {
  assert.equal(refusal([address("account")], []), "params[0] (account) is missing");
  assert.equal(refusal([address("account")], [null]), "params[0] (account) is missing");
  assert.equal(refusal([], [1]), "params: 1 given, at most 0 wanted");
  assert.equal(refusal([], { a: 1 }), "params: wanted a list, got an object");
  assert.deepEqual(decodeParams([optional(boolean("full"), false)], undefined), [false]);
  assert.deepEqual(decodeParams([optional(boolean("full"), false)], [null]), [false]);
});

test("any JSON value is read or refused with -32602 and a short message", () => {
  const params = [
    address("a"),
    hash("b"),
    bytes("c"),
    slot("d"),
    index("e"),
    quantity("f"),
    boolean("g"),
    blockTag("h"),
    callRequest("i"),
  ];
  fc.assert(
    fc.property(fc.constantFrom(...params), fc.jsonValue(), (param, value) => {
      assert(refusal([param], [value]).length < 300);
    }),
    { numRuns: 3_000 },
  );
});

test("a deep value is refused without being written out", () => {
  const deep: unknown = JSON.parse("[".repeat(200_000) + "]".repeat(200_000));
  assert.match(refusal([address("account")], [deep]), /got a list of 1$/);
});

test("a transaction object is read with null for absent, and input before data", () => {
  const [request] = decodeParams(
    [callRequest("transaction")],
    [{ to: ADDRESS, from: null, input: "0x01", data: "0x01", value: "0x5", gasPrice: "0x7" }],
  );
  assert.deepEqual(request, {
    from: `0x${"0".repeat(40)}`,
    to: ADDRESS.toLowerCase(),
    gasLimit: undefined,
    maxFeePerGas: 7n,
    maxPriorityFeePerGas: 7n,
    value: 5n,
    nonce: undefined,
    data: Uint8Array.of(1),
    accessList: [],
    chainId: undefined,
  });
});

test("a transaction object that contradicts itself or is of another type is refused", () => {
  const call = callRequest("transaction");
  assert.match(refusal([call], [{ data: "0x01", input: "0x02" }]), /data and input differ/);
  assert.match(refusal([call], [{ gasPrice: "0x1", maxFeePerGas: "0x1" }]), /gasPrice excludes/);
  assert.match(refusal([call], [{ authorizationList: [] }]), /types 0, 1 and 2 only/);
  assert.match(refusal([call], [{ gas: "0x01" }]), /params\[0\] \(transaction\)\.gas/);
  assert.match(refusal([call], [{ accessList: [{ address: "0x" }] }]), /accessList\[0\]\.address/);
});
