import assert from "node:assert/strict";
import { before, test } from "node:test";
import { compileAssemblyScript } from "@delchain/assemblyscript";
import { bigintToBytes, concatBytes, keccak256, toHex } from "@delchain/runtime";
import { compileSolidity } from "@delchain/solidity";
import fc from "fast-check";
import { type Abi, getAddress, toFunctionSelector } from "viem";
import { ARITHMETIC, CALLER, CONTRACT, Harness } from "./sdkHarness.ts";
import { FIXED_CONTEXT } from "./vmHooksHost.ts";

// Compiles real contracts: npm brings the compilers.

const SDK = "@delchain/assemblyscript/assembly";

const EXPRESSIONS: Readonly<{ [name: string]: string }> = {
  add: "a + b",
  sub: "a - b",
  mul: "a * b",
  div: "a / b",
  mod: "a % b",
  wrappingAdd: "u256.wrappingAdd(a, b)",
  wrappingSub: "u256.wrappingSub(a, b)",
  wrappingMul: "u256.wrappingMul(a, b)",
  less: "a < b",
  atMost: "a <= b",
  equal: "a == b",
};

const arithmetic = `import { u256 } from "${SDK}";
@contract export class Numbers {
${Object.entries(EXPRESSIONS)
  .map(([name, body]) => {
    const output = ["less", "atMost", "equal"].includes(name) ? "bool" : "u256";
    return `  @view ${name}(a: u256, b: u256): ${output} { return ${body}; }`;
  })
  .join("\n")}
}`;

const features = `import {
  account, Address, block, bubble, Bytes, Bytes32, call, Cell, emit, Encoder, fail, Indexed, Mapping, message,
  require, transaction, TransientCell, u256 } from "${SDK}";
@event class Noted { constructor(readonly topic: Indexed<string>, readonly text: string, readonly who: Indexed<Address>,
  readonly data: Bytes) {} }
@event class Seen { constructor(readonly number: u64, readonly time: u64, readonly chain: u64, readonly fee: u256,
  readonly price: u256, readonly balance: u256, readonly origin: Address, readonly coinbase: Address) {} }
@error class Poor { constructor(readonly who: Address, readonly have: u256) {} }
@contract export class Features {
  owner: Cell<Address>;
  allowances: Mapping<Address, Mapping<Address, Cell<u256>>>;
  scratch: TransientCell<u64>;
  flag: Cell<bool>;
  @init setUp(owner: Address): void { this.owner.value = owner; this.flag.value = true; }
  @view ownerOf(): Address { return this.owner.value; }
  @view isFlagged(): bool { return this.flag.value; }
  @external allow(who: Address, amount: u256): void { this.allowances.at(message.sender()).at(who).value = amount; }
  @view echo(flag: bool, data: Bytes, text: string): Bytes { require(text == "ok", text); return data; }
  @view greet(name: string): string { return "hello " + name; }
  @view small(value: u8, id: Bytes32): Bytes32 { return id; }
  @external note(text: string, data: Bytes): void { emit(new Noted(text, text, message.sender(), data)); }
  @external @payable deposit(): u256 { return message.value(); }
  @external withdraw(amount: u256): void { fail(new Poor(message.sender(), amount)); }
  @external context(): void { emit(new Seen(block.number(), block.time(), block.chainId(), block.baseFee(),
    transaction.gasPrice(), account.balance(account.self()), transaction.origin(), block.coinbase())); }
  @external transient(): u64 { this.scratch.value = 5; return this.scratch.value; }
  @external again(): void {
    require(!message.isReentrant(), "again");
    if (!call(account.self(), Encoder.withSelector(${toFunctionSelector("again()")}, 0).finish())) bubble();
  }
  @view outOfRange(): u64 { const list = new StaticArray<u64>(1); return list[i32(block.number())]; }
  @receive take(): void { this.flag.value = false; }
}`;

/** The same border in Solidity: what the transform's ABI is held to. */
const solidity = `// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;
contract Features {
  event Noted(string indexed topic, string text, address indexed who, bytes data);
  event Seen(uint64 number, uint64 time, uint64 chain, uint256 fee, uint256 price, uint256 balance, address origin,
    address coinbase);
  error Poor(address who, uint256 have);
  constructor(address owner) {}
  function ownerOf() external view returns (address) {}
  function isFlagged() external view returns (bool) {}
  function allow(address who, uint256 amount) external {}
  function echo(bool flag, bytes calldata data, string calldata text) external view returns (bytes memory) {}
  function greet(string calldata name) external view returns (string memory) {}
  function small(uint8 value, bytes32 id) external view returns (bytes32) {}
  function note(string calldata text, bytes calldata data) external {}
  function deposit() external payable returns (uint256) {}
  function withdraw(uint256 amount) external {}
  function context() external {}
  function transient() external returns (uint64) {}
  function again() external {}
  function outOfRange() external view returns (uint64) {}
  receive() external payable {}
}`;

let numbers: Harness;
let contract: Harness;
let abi: Abi;

async function build(source: string): Promise<{ readonly harness: Harness; readonly abi: Abi }> {
  const compiled = await compileAssemblyScript({ main: "test.ts", files: { "test.ts": source } });
  const abi = compiled.abi as Abi;
  return { harness: new Harness(compiled.module, abi), abi };
}

before(async () => {
  numbers = (await build(arithmetic)).harness;
  ({ harness: contract, abi } = await build(features));
});

test("256-bit arithmetic in AssemblyScript agrees with bigint, and panics as Solidity does", () => {
  const value = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n });
  const edge = fc.constantFrom(0n, 1n, 2n ** 64n, 2n ** 128n - 1n, 2n ** 255n, 2n ** 256n - 1n);
  const small = fc.bigInt({ min: 0n, max: 2n ** 130n });
  const operand = fc.oneof(value, edge, small);
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(EXPRESSIONS)), operand, operand, (name, a, b) => {
      assert.deepEqual(numbers.call(name, [a, b]), ARITHMETIC[name]?.(a, b), `${name}(${a}, ${b})`);
    }),
    { numRuns: 300 },
  );
});

test("the transform writes the ABI that solc writes for the same contract", async () => {
  const key = (entry: Abi[number]): string => `${entry.type} ${"name" in entry ? entry.name : ""}`;
  const sorted = (list: Abi): Abi => [...list].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  const { contracts } = await compileSolidity({ files: { "Features.sol": solidity } });
  const expected = contracts.find(({ name }) => name === "Features")?.abi ?? [];
  assert.deepEqual(sorted(abi), sorted(expected));
});

test("an @init method in AssemblyScript is the constructor, and fields take slots in their order", () => {
  const owner = concatBytes(new Uint8Array(12), new Uint8Array(20).fill(0xab));
  assert.equal(contract.host.construct(CONTRACT, CALLER, owner).status, "success");
  assert.deepEqual(contract.call("ownerOf"), { result: getAddress(`0x${"ab".repeat(20)}`) });
  assert.deepEqual(contract.call("isFlagged"), { result: true });
  assert.deepEqual(contract.host.storage(CONTRACT), [
    [toHex(bigintToBytes(0n, 32)), toHex(owner)],
    [toHex(bigintToBytes(2n, 32)), toHex(bigintToBytes(1n, 32))],
  ]);
});

test("a mapping of mappings in AssemblyScript lies where Solidity's does", () => {
  const before = contract.host.storage(CONTRACT).map(([slot]) => slot);
  contract.call("allow", [`0x${"0b".repeat(20)}`, 77n]);
  const word = (hex: string): Uint8Array => bigintToBytes(BigInt(hex), 32);
  const outer = keccak256(concatBytes(word(CALLER), bigintToBytes(1n, 32)));
  const inner = keccak256(concatBytes(word(`0x${"0b".repeat(20)}`), word(outer)));
  assert.deepEqual(
    contract.host.storage(CONTRACT).filter(([slot]) => !before.includes(slot)),
    [[inner, toHex(bigintToBytes(77n, 32))]],
  );
});

test("dynamic arguments and results in AssemblyScript keep every byte, whatever their length", () => {
  for (const length of [0, 1, 31, 32, 33, 100]) {
    const data = toHex(new Uint8Array(length).fill(0x5a));
    assert.deepEqual(contract.call("echo", [true, data, "ok"]), { result: data });
    const name = "ü€😀".repeat(length);
    assert.deepEqual(contract.call("greet", [name]), { result: `hello ${name}` });
  }
});

test("calldata that Solidity would refuse is refused in AssemblyScript", () => {
  const word = (value: bigint): Uint8Array => bigintToBytes(value, 32);
  const selector = (signature: string): Uint8Array =>
    new Uint8Array(Buffer.from(toFunctionSelector(signature).slice(2), "hex"));
  const echo = selector("echo(bool,bytes,string)");
  const text = [word(96n), word(0n)];
  const inputs = [
    concatBytes(echo, word(2n), ...text, word(0n)),
    concatBytes(echo, word(1n), word(2n ** 255n), ...text),
    concatBytes(echo, word(1n), word(2n ** 31n), ...text),
    concatBytes(echo, word(1n), word(97n), ...text),
    concatBytes(echo, word(1n), word(96n), word(96n), word(1n)),
    concatBytes(echo, word(1n), word(96n), word(96n), word(2n ** 31n)),
    concatBytes(selector("small(uint8,bytes32)"), word(256n), word(0n)),
    concatBytes(selector("small(uint8,bytes32)"), word(255n), word(0n).slice(1)),
    selector("nothing()"),
  ];
  const outcomes = inputs.map((input) => {
    const { status, output } = contract.host.call(CONTRACT, CALLER, input);
    return [status, output.length];
  });
  assert.deepEqual(
    outcomes,
    inputs.map(() => ["revert", 0]),
  );
});

test("events in AssemblyScript hash what is indexed and dynamic, and encode the rest", () => {
  contract.host.logs.length = 0;
  contract.call("note", ["text", "0x0102"]);
  const word = (value: bigint): string => bigintToBytes(value, 32).toHex();
  const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
  assert.deepEqual(contract.host.logs, [
    {
      address: CONTRACT,
      topics: [
        keccak256(ascii("Noted(string,string,address,bytes)")),
        keccak256(ascii("text")),
        `0x${word(BigInt(CALLER))}`,
      ],
      data: `0x${word(64n)}${word(128n)}${word(4n)}${"74657874".padEnd(64, "0")}${word(2n)}${"0102".padEnd(64, "0")}`,
    },
  ]);
});

test("a payable method takes value, a custom error carries its arguments, a failed check reverts", () => {
  assert.deepEqual(contract.call("deposit", [], 42n), { result: 42n });
  const poor = { revert: "Poor", args: [getAddress(CALLER), 7n] };
  assert.deepEqual(contract.call("withdraw", [7n]), poor);
  assert.deepEqual(contract.call("withdraw", [7n], 1n), { revert: "empty", args: [] });
  const range = { revert: "Error", args: ["Index out of range (~lib/staticarray.ts:78:41)"] };
  assert.deepEqual(contract.call("outOfRange"), range);
});

test("a contract in AssemblyScript sees block, message and transaction", () => {
  contract.host.logs.length = 0;
  contract.call("context");
  const words = contract.host.logs[0]?.data.slice(2).match(/.{64}/g) ?? [];
  const { number, time, chainId, baseFee, gasPrice } = FIXED_CONTEXT;
  assert.deepEqual(
    words.map((word) => BigInt(`0x${word}`)),
    [number, time, chainId, baseFee, gasPrice, 42n, BigInt(CALLER), BigInt(`0x${"cb".repeat(20)}`)],
  );
});

test("transient storage, calls and the guard against re-entry work in AssemblyScript", () => {
  assert.deepEqual(contract.call("transient"), { result: 5n });
  assert.deepEqual(contract.call("again"), { revert: "Error", args: ["again"] });
});

test("@receive takes plain value, and nothing else does", () => {
  assert.equal(contract.host.call(CONTRACT, CALLER, new Uint8Array(0), 1n).status, "success");
  assert.deepEqual(contract.call("isFlagged"), { result: false });
  assert.equal(contract.host.call(CONTRACT, CALLER, new Uint8Array(3), 1n).status, "revert");
});

test("what cannot be a contract is refused with its place and the remedy", async () => {
  const contract = (body: string): string => `@contract export class A {\n  ${body}\n}`;
  const refused: readonly (readonly [string, RegExp])[] = [
    ["class A {}", /no class is marked @contract/],
    [contract("@view f(a: f64): void {}"), /test\.ts:2:14: f uses f64, .*use u8 to u64/],
    [contract("@view f(): Array<uint7> { return []; }"), /test\.ts:2:20: f uses uint7/],
    [contract("@view f(a: string | null): void {}"), /test\.ts:2:14: f uses string \| null/],
    [contract("x: u64 = 1;"), /test\.ts:2:3: the field x is storage: give it a type/],
    [contract("x: u64;"), /test\.ts:2:6: u64 is no storage; use Cell<T>/],
    [contract("x: Cell<Array<u8>>;"), /test\.ts:2:11: a Cell holds one value, not Array<u8>/],
    [contract("@payable f(): void {}"), /test\.ts:2:\d+: f is not callable: .*@external/],
    [
      contract(
        "x: Cell<u64>;\n  @view f(): void { this.g(); }\n  g(): void { this.x.value += 1; }",
      ),
      /test\.ts:4:15: f is a @view and writes through g; make it @external/,
    ],
    [
      "@struct class S { constructor(readonly a: Array<S>) {} }\n" +
        contract("@view f(s: S): void {}"),
      /test\.ts:1:1: S contains itself/,
    ],
    [
      `@event class E { constructor(readonly a: Indexed<Array<u8>>) {} }\n${contract("")}`,
      /test\.ts:1:1: the event E indexes a, and an array or a struct has no topic/,
    ],
    [
      "@contract export class A {}\n@contract export class B {}",
      /test\.ts:2:1: .*two @contract found/,
    ],
  ];
  for (const [source, reason] of refused) {
    await assert.rejects(
      compileAssemblyScript({ main: "test.ts", files: { "test.ts": source } }),
      reason,
    );
  }
});
