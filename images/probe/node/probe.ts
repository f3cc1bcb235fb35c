import {
  type Contract,
  type Hex,
  host,
  keccak256,
  Revert,
  rawContract,
  uint256,
} from "@delchain/node";

// The contract that the SDK's tests call; probe.c says what its inputs mean.

let calls = 0n;

const none = (): Uint8Array => new Uint8Array();
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const word = (data: Uint8Array, at: number): bigint => uint256.decode(data, at);
const number = (data: Uint8Array): bigint =>
  data.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
const hexOf = (data: Uint8Array): Hex =>
  `0x${[...data].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
const bytesOf = (hex: Hex): Uint8Array =>
  Uint8Array.from((hex.slice(2).match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16)));

/** Calls the host, and answers with nothing. */
function done(action: () => void): Uint8Array {
  action();
  return none();
}

function put(rest: Uint8Array): void {
  const length = Number(number(rest.subarray(0, 2)));
  host.put(rest.subarray(2, 2 + length), rest.subarray(2 + length));
}

function log(rest: Uint8Array): void {
  const count = rest[0] ?? 0;
  const topics = Array.from({ length: count }, (_, at) => rest.subarray(1 + 32 * at, 33 + 32 * at));
  host.log(topics, rest.subarray(1 + 32 * count));
}

function send(rest: Uint8Array): Uint8Array {
  const [gas, callbackGas] = [number(rest.subarray(52, 60)), number(rest.subarray(60, 68))];
  const to = hexOf(rest.subarray(0, 20));
  return bytesOf(host.send(to, word(rest, 20), rest.subarray(68), gas, callbackGas));
}

/** The entries as key=value; joined. */
function iterate(rest: Uint8Array): Uint8Array {
  const start = 4 + Number(number(rest.subarray(2, 4)));
  const limit = Number(number(rest.subarray(0, 2)));
  const entries = host.range({ from: rest.subarray(4, start), end: rest.subarray(start), limit });
  const text = [...entries].flatMap(([key, value]) => [...key, 0x3d, ...value, 0x3b]);
  return Uint8Array.from(text);
}

/** So many bytes, a number, and a number below a bound. */
function draw(rest: Uint8Array): Uint8Array {
  const random = host.random();
  const drawn = [...random.bytes(rest[0] ?? 0), ...uint256.encode(random.uint256())];
  return Uint8Array.from([...drawn, ...uint256.encode(random.below(word(rest, 1)))]);
}

function report(input: Uint8Array): Uint8Array {
  const number64 = (value: bigint): Uint8Array => uint256.encode(value).subarray(24);
  const parts = [
    bytesOf(host.self()),
    bytesOf(host.caller()),
    bytesOf(host.origin()),
    uint256.encode(host.value()),
    number64(host.chainId()),
    number64(host.blockNumber()),
    number64(host.blockTimestamp()),
    bytesOf(host.producer()),
    bytesOf(host.seed()),
    number64(host.gasLimit()),
    input,
  ];
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

/** All the ways in which a program writes to its output. */
function pollute(): Uint8Array {
  const { log: print, error } = console;
  print("printed", 2);
  error("and an error");
  return none();
}

function recurse(depth: number): number {
  return recurse(depth + 1) + 1;
}

/** How deep a stack gets: the same on every host, since nothing is compiled. */
function depth(at = 0n): bigint {
  try {
    return depth(at + 1n);
  } catch {
    return at;
  }
}

function fill(): never {
  const kept: number[][] = [];
  for (;;) kept.push(new Array(10_000).fill(kept.length));
}

/** Asks the host for ever, whatever comes of it. */
function swallow(): never {
  for (;;) {
    try {
      host.storageGet(new Uint8Array(32));
    } catch {}
  }
}

const ACTIONS: Readonly<Record<number, (rest: Uint8Array, input: Uint8Array) => Uint8Array>> = {
  1: (rest) => host.storageGet(rest),
  2: (rest) => done(() => host.storagePut(rest.subarray(0, 32), rest.subarray(32))),
  3: (rest) => host.get(rest) ?? utf8("absent"),
  4: (rest) => done(() => put(rest)),
  5: (rest) => done(() => host.delete(rest)),
  6: (rest) => done(() => log(rest)),
  7: (rest) => host.keccak256(rest),
  8: (rest) => host.sha256(rest),
  9: (rest) => uint256.encode(host.balance(hexOf(rest))),
  10: () => uint256.encode(host.gasLeft()),
  11: (rest) => done(() => host.debug(new TextDecoder().decode(rest))),
  12: send,
  13: iterate,
  32: () => {
    throw new Revert(Uint8Array.of(0x08, 0xc3, 0x79, 0xa0));
  },
  33: none,
  34: () => uint256.encode(1n),
  38: () => uint256.encode(++calls),
  39: (rest) => keccak256(rest),
  40: (rest) => uint256.encode(word(rest, 0) + word(rest, 32)),
  41: (rest) => uint256.encode(word(rest, 0) - word(rest, 32)),
  43: pollute,
  44: () => {
    throw new RangeError("out of eggs");
  },
  45: fill,
  46: (_, input) => new Uint8Array(65_535 + input.length),
  47: () => uint256.encode(BigInt(recurse(0))),
  48: swallow,
  49: () => uint256.encode(depth()),
  50: () => {
    for (;;);
  },
  60: draw,
};

export const probe: Contract = rawContract((input) => {
  const act = ACTIONS[input[0] ?? -1] ?? report;
  return act === report ? report(input) : act(input.subarray(1), input);
});
