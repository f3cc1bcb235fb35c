import assert from "node:assert/strict";
import { test } from "node:test";
import {
  decodeErrorResult,
  encodeEventTopics,
  type Hex,
  keccak256 as keccakOf,
  parseAbi,
} from "viem";
import { fromHex, toHex } from "./bytes.ts";
import { abiOf, connectHost, runContract } from "./host.ts";
import {
  address,
  array,
  bool,
  bytes,
  type Contract,
  contract,
  enumeration,
  error,
  event,
  external,
  fixedBytes,
  host,
  indexed,
  int,
  int256,
  keccak256,
  mapping,
  payable,
  rawContract,
  require,
  storage,
  string,
  struct,
  uint,
  uint8,
  uint128,
  uint256,
  view,
} from "./index.ts";
import { decodeText, encodeText } from "./text.ts";

const WHO = `0x${"cd".repeat(20)}` as const;
const OTHER = `0x${"ab".repeat(20)}` as const;
/** Where this file lies, as the launcher tells where a contract does. */
const sources = new URL("./", import.meta.url).href;
const STORAGE_GET = 1;
const STORAGE_PUT = 2;
const LOG = 6;

type Ran = {
  readonly output: Hex;
  /** Slots that are not zero. */
  readonly slots: Readonly<Record<string, string>>;
  readonly logs: readonly Hex[];
  readonly hostCalls: number;
};

const slots = new Map<string, string>();

/** Runs a contract on slots in memory, as the launcher would; the output is a RESULT's body. */
function run(made: Contract, name: string, sent = 0n): Ran {
  const logs: Hex[] = [];
  let hostCalls = 0;
  connectHost((body) => {
    hostCalls++;
    const hex = toHex(body.subarray(1)).slice(2);
    if (body[0] === STORAGE_PUT) slots.set(hex.slice(0, 64), hex.slice(64));
    if (body[0] === LOG) logs.push(`0x${hex}`);
    return fromHex(`0x00${body[0] === STORAGE_GET ? (slots.get(hex) ?? "0".repeat(64)) : ""}`);
  });
  const fields = new Uint8Array(176);
  fields[91] = Number(sent);
  const input = fromHex(keccakOf(new TextEncoder().encode(`${name}()`)).slice(0, 10) as Hex);
  const body = Uint8Array.from([...fields, ...input]);
  const output = toHex(runContract({ exported: [made], sources }, body, []));
  const kept = [...slots].filter(([, value]) => BigInt(`0x${value}`) !== 0n);
  return { output, slots: Object.fromEntries(kept), logs, hostCalls };
}

/** Runs `act` once, on what earlier calls of the test have left. */
function act(body: () => void): Ran {
  return run(contract({ act: external({}, body) }), "act");
}

const word = (value: bigint): string => value.toString(16).padStart(64, "0");
const reasonOf = ({ output }: Ran): unknown =>
  decodeErrorResult({ abi: parseAbi(["error Error(string)"]), data: `0x${output.slice(4)}` })
    .args[0];
const panicOf = ({ output }: Ran): unknown =>
  decodeErrorResult({ abi: parseAbi(["error Panic(uint256)"]), data: `0x${output.slice(4)}` })
    .args[0];

test("storage lies where Solidity puts it: packed, in order, mappings by the hash of key and slot", () => {
  slots.clear();
  const state = storage({
    small: uint8,
    who: address,
    wide: uint256,
    amounts: mapping(address, uint256),
    allowances: mapping(address, mapping(string, bool)),
    last: uint128,
  });
  const ran = act(() => {
    state.small.set(1n);
    state.who.set(WHO);
    state.wide.set(2n);
    state.amounts.set(WHO, 3n);
    state.allowances.at(OTHER).set("key", state.small.get() === 1n);
    state.last.set(4n);
  });
  assert.equal(ran.output, "0x00");
  const hash = (key: string, slot: string): string => keccakOf(`0x${key}${slot}`).slice(2);
  const padded = (who: string): string => who.slice(2).padStart(64, "0");
  assert.deepEqual(ran.slots, {
    [word(0n)]: word((BigInt(WHO) << 8n) | 1n),
    [word(1n)]: word(2n),
    [hash(padded(WHO), word(2n))]: word(3n),
    [hash("6b6579", hash(padded(OTHER), word(3n)))]: word(1n),
    [word(4n)]: word(4n),
  });
});

test("structs and arrays keep their members, whole and one by one, and leave nothing when cleared", () => {
  slots.clear();
  const kind = enumeration("plain", "rare");
  const item = struct({ kind, change: int(16), name: string, parts: array(fixedBytes(2), 3) });
  const { items, grid, after } = storage({
    items: array(item),
    grid: array(array(uint8, 33), 2),
    after: bool,
  });
  const value = {
    kind: "rare",
    change: -2n,
    name: "n".repeat(40),
    parts: ["0x0102", "0x0304", "0x0506"],
  } as const;
  const filled = act(() => {
    items.push(value);
    items.push({ ...value, name: "short" });
    items.at(1n).fields.change.set(7n);
    grid.at(1n).at(32n).set(9n);
    after.set(true);
    assert.deepEqual(items.get(), [value, { ...value, name: "short", change: 7n }]);
    assert.equal(items.at(0n).fields.parts.at(2n).get(), "0x0506");
  });
  assert.equal(filled.output, "0x00");
  // The grid's two rows take two slots each, from slot 1 on.
  assert.equal(filled.slots[word(4n)], word(9n));
  assert.equal(filled.slots[word(5n)], word(1n));
  const cleared = act(() => {
    items.pop();
    items.set([{ ...value, name: "" }]);
    items.clear();
    grid.clear();
    after.clear();
  });
  assert.deepEqual([cleared.output, cleared.slots], ["0x00", {}]);
});

test("a slot is asked for once in a call, and what was written is known", () => {
  slots.clear();
  const { ranks } = storage({ ranks: array(uint8) });
  assert.equal(act(() => ranks.set([1n, 2n, 3n])).output, "0x00");
  const { hostCalls } = act(() => assert.deepEqual([ranks.get(), ranks.get()].flat().length, 6));
  assert.equal(hostCalls, 2);
});

test("what Solidity panics for panics with its code", () => {
  slots.clear();
  const { list, small } = storage({ list: array(uint256), small: uint8 });
  const zero = BigInt("0");
  assert.equal(panicOf(act(() => small.set(256n))), 0x11n);
  assert.equal(panicOf(act(() => small.set(-1n))), 0x11n);
  assert.equal(panicOf(act(() => void (1n / zero))), 0x12n);
  assert.equal(panicOf(act(() => list.pop())), 0x31n);
  assert.equal(panicOf(act(() => list.at(0n))), 0x32n);
  const { text } = storage({ text: string });
  slots.set(word(0n), word(3n));
  assert.equal(panicOf(act(() => text.get())), 0x22n);
});

test("value is refused unless a function is payable", () => {
  const takes = contract({
    plain: external({}, () => undefined),
    paid: payable({}, uint256, () => host.value()),
  });
  assert.equal(run(takes, "plain").output, "0x00");
  assert.equal(run(takes, "plain", 1n).output, "0x01");
  assert.equal(run(takes, "paid", 7n).output, `0x00${word(7n)}`);
});

test("a view that writes is reverted, whatever it writes with", () => {
  for (const write of [
    () => host.storagePut(new Uint8Array(32), new Uint8Array(32)),
    () => host.put(Uint8Array.of(1), Uint8Array.of(1)),
    () => host.delete(Uint8Array.of(1)),
    () => host.log([], new Uint8Array()),
    () => host.send(WHO, 0n, new Uint8Array(), 0n),
  ]) {
    const ran = run(contract({ look: view({}, write) }), "look");
    assert.deepEqual([reasonOf(ran), ran.hostCalls], ["a view method writes", 0]);
  }
});

test("an indexed field is a topic: words as they are, anything else by the hash of its content", () => {
  const pair = struct({ name: string, sizes: array(uint8) });
  const Named = event("Named", {
    text: indexed(string),
    data: indexed(bytes),
    pair: indexed(pair),
    amount: int256,
  });
  const { logs } = act(() =>
    Named({ text: "abc", data: "0x0102", pair: { name: "n", sizes: [1n, 2n] }, amount: -1n }),
  );
  const abi = parseAbi(["event Named(string indexed text, bytes indexed data)"]);
  const known = encodeEventTopics({ abi, args: { text: "abc", data: "0x0102" } }).slice(1);
  const name = `6e${"00".repeat(31)}`;
  const content = keccakOf(`0x${name}${word(1n)}${word(2n)}`);
  const topic = keccakOf(new TextEncoder().encode("Named(string,bytes,(string,uint8[]),int256)"));
  const topics = [topic, ...known, content].map((one) => String(one).slice(2)).join("");
  assert.deepEqual(logs, [`0x04${topics}${"f".repeat(64)}`]);
});

test("custom errors are reverts with their data, thrown or required", () => {
  const Denied = error("Denied", { who: address, why: string });
  for (const body of [
    () => {
      throw Denied({ who: WHO, why: "no" });
    },
    () => require(false, Denied({ who: WHO, why: "no" })),
  ]) {
    const abi = parseAbi(["error Denied(address who, string why)"]);
    const { args } = decodeErrorResult({ abi, data: `0x${act(body).output.slice(4)}` });
    assert.deepEqual([String(args[0]).toLowerCase(), args[1]], [WHO, "no"]);
  }
});

test("an exception tells its message and the line that threw it", () => {
  const thrown = act(() => {
    throw new RangeError("out of eggs");
  });
  assert.match(String(reasonOf(thrown)), /^out of eggs \(sdk\.test\.ts:\d+\)$/);
  const unreadable = act(() => {
    throw {
      toString: () => {
        throw new Error("not even that");
      },
    };
  });
  assert.equal(reasonOf(unreadable), "an exception that is no text");
});

test("what is no value of its type is told by its value", () => {
  const reasons = [
    [address, "0x12", "0x12 is no hexadecimal text of 20 bytes"],
    [array(uint8, 2), [1n], "1 values are no uint8[2]"],
  ] as const;
  for (const [type, value, reason] of reasons) {
    const bad = contract({ bad: external({}, type as typeof address, () => value as typeof WHO) });
    assert.ok(String(reasonOf(run(bad, "bad"))).startsWith(reason), reason);
  }
  const late = contract({ late: external({}, bool, (async () => true) as never) });
  assert.match(String(reasonOf(run(late, "late"))), /a function is synchronous/);
  assert.throws(() => uint(7), /there is no uint7: bits are 8 to 256 in steps of 8/);
  assert.throws(() => int(264), /there is no int264: bits/);
  assert.throws(() => fixedBytes(33), /there is no bytes33: lengths are 1 to 32/);
  assert.throws(() => array(bool, 0), /there is no bool\[0\]: a length is at least 1/);
  assert.throws(() => enumeration("a", "a"), /1 to 256 names, each once/);
  assert.throws(() => contract({ "a-b": external({}, () => undefined) }), /"a-b" is no name/);
  const clash = { burn: external({ a: uint256 }, () => undefined) };
  const other = external({ a: fixedBytes(16) }, () => undefined);
  assert.throws(
    () => contract({ ...clash, collate_propagate_storage: other }),
    /the selector of collate_propagate_storage is another function's too/,
  );
});

test("text that is no UTF-8 comes back as it was", () => {
  for (const hex of ["ff", "61c3", "c3a4ff62", "edb080", "f09f92a9", "e28299e282", "c080"]) {
    const data = fromHex(`0x${hex}`);
    assert.deepEqual(encodeText(decodeText(data)), data, hex);
  }
  assert.equal(toHex(encodeText("\ud83d")), "0xefbfbd");
});

test("the ABI has constructor, functions, fallbacks, events and errors, with the names of struct members", () => {
  const Moved = event("Moved", { to: indexed(address), at: array(struct({ x: uint8 })) });
  const Stuck = error("Stuck", { at: uint256 });
  assert.equal(typeof Moved, typeof Stuck);
  const made = contract(
    {
      constructor: external({ owner: address }, () => undefined),
      move: payable({ to: address }, [bool, uint256], () => [true, 1n]),
    },
    { receive: () => undefined },
  );
  const entries = abiOf([made, made]).filter(
    ({ type, name }) => type !== "event" || name === "Moved",
  );
  assert.deepEqual(
    entries.filter(({ name }) => name !== "Denied"),
    [
      {
        type: "constructor",
        inputs: [{ name: "owner", type: "address" }],
        stateMutability: "nonpayable",
      },
      {
        type: "function",
        name: "move",
        inputs: [{ name: "to", type: "address" }],
        outputs: [
          { name: "", type: "bool" },
          { name: "", type: "uint256" },
        ],
        stateMutability: "payable",
      },
      { type: "receive", stateMutability: "payable" },
      {
        type: "event",
        name: "Moved",
        inputs: [
          { name: "to", type: "address", indexed: true },
          {
            name: "at",
            type: "tuple[]",
            components: [{ name: "x", type: "uint8" }],
            indexed: false,
          },
        ],
        anonymous: false,
      },
      { type: "error", name: "Stuck", inputs: [{ name: "at", type: "uint256" }] },
    ],
  );
});

test("a module exports one contract, and outside of a call there is no host", () => {
  assert.equal(toHex(keccak256(new Uint8Array())), keccakOf("0x"));
  const raw = (): Contract => rawContract(() => new Uint8Array());
  assert.throws(() => abiOf([]), /the module exports no contract/);
  assert.throws(() => abiOf([raw(), raw()]), /exports two contracts: give each a file of its own/);
});
