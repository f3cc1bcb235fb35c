import assert from "node:assert/strict";
import { before, test } from "node:test";
import { compileC, readAbi } from "@delchain/c";
import {
  bigintToBytes,
  CODE_KINDS,
  concatBytes,
  encodeEnvelope,
  fromHex,
  toHex,
} from "@delchain/runtime";
import fc from "fast-check";
import { decodeErrorResult, getAddress, parseAbi, toEventSelector, toFunctionSelector } from "viem";
import { account, MapChain } from "../../runtime/wasm/testing/mapHost.ts";
import { WasmTier } from "../../runtime/wasm/wasmTier.ts";
import { Ledger } from "./ledger.ts";
import { ARITHMETIC, arithmeticSignature, CALLER, CONTRACT, Harness } from "./sdkHarness.ts";
import { FIXED_CONTEXT } from "./vmHooksHost.ts";

// Compiles real contracts: npm brings the compiler.

const EXPRESSIONS: Readonly<{ [name: string]: string }> = {
  add: "dc_result_u256(dc_add(a, b))",
  sub: "dc_result_u256(dc_sub(a, b))",
  mul: "dc_result_u256(dc_mul(a, b))",
  div: "dc_result_u256(dc_div(a, b))",
  mod: "dc_result_u256(dc_mod(a, b))",
  wrappingAdd: "dc_result_u256(a + b)",
  wrappingSub: "dc_result_u256(a - b)",
  wrappingMul: "dc_result_u256(a * b)",
  less: "dc_result_bool(a < b)",
  atMost: "dc_result_bool(a <= b)",
  equal: "dc_result_bool(a == b)",
};

function method(name: string, signature: string): string {
  return `DC_METHOD(${toFunctionSelector(signature)}, ${name}, "${signature}")`;
}

const arithmetic = `#include "delchain.h"
${Object.entries(EXPRESSIONS)
  .map(
    ([name, body]) =>
      `static void ${name}(void) { u256 a = dc_arg_u256(0), b = dc_arg_u256(1); ${body}; }`,
  )
  .join("\n")}
DC_CONTRACT(${Object.keys(EXPRESSIONS)
  .map((name) => method(name, arithmeticSignature(name)))
  .join("\n")})`;

const POOR = "error Poor(address who, uint256 have)";
const NOTED = "event Noted(address indexed who, uint256 amount)";
const features = `#include "delchain.h"
DC_VALUE(owner, 0)
DC_ADDRESS_MAPPING(deposits, 1)
DC_EVENT(NOTED, ${toEventSelector(NOTED)}, "${NOTED}")
DC_ERROR(POOR, ${toFunctionSelector(POOR.replace("error ", ""))}, "${POOR}")
static void init(void) { dc_store(owner(), dc_word(dc_arg_address(0))); }
static void get_owner(void) { dc_result_address(dc_to_address(dc_load(owner()))); }
static void echo(void) { dc_arg_bool(0); dc_result_bytes(dc_arg_bytes(1)); }
static void small(void) { dc_result_u256(dc_arg_u64(0)); }
static void deposit(void) {
  dc_slot at = deposits(dc_sender());
  dc_store(at, dc_add(dc_load(at), dc_value()));
  DC_EMIT(2, NOTED, dc_word(dc_sender()), dc_value());
}
static void withdraw(void) {
  u256 have = dc_load(deposits(dc_sender()));
  if (have < dc_arg_u256(0)) DC_REVERT_ERROR(POOR, dc_word(dc_sender()), have);
}
static void context(void) {
  DC_EMIT(1, dc_block_number(), dc_block_time(), dc_chain_id(), dc_block_gas_limit(), dc_gas_left(), dc_base_fee(),
          dc_gas_price(), dc_balance(dc_self()), dc_word(dc_origin()), dc_word(dc_coinbase()));
}
static void hash(void) { dc_result_bytes32(dc_keccak256(dc_arg_bytes(0))); }
static void transient(void) {
  dc_store_transient(dc_slot_at(9), 5);
  dc_result_u256(dc_load_transient(dc_slot_at(9)) + dc_load(dc_slot_at(9)));
}
static void again(void) {
  if (dc_reentrant()) dc_revert("again");
  if (!dc_call(dc_self(), dc_calldata, 0, DC_ALL_GAS)) dc_bubble();
}
static void spread(void) {
  u256 *far = dc_allocate(3 * DC_PAGE_BYTES);
  far[3 * 2048 - 1] = 7;
  dc_result_u256(far[3 * 2048 - 1]);
}
static void other(void) { dc_result_u256(dc_calldata.length); }
DC_CONSTRUCTOR(init, "constructor(address owner)")
DC_CONTRACT(
  ${method("get_owner", "function owner() view returns (address)")}
  ${method("echo", "function echo(bool flag, bytes data) view returns (bytes)")}
  ${method("small", "function small(uint64 value) view returns (uint256)")}
  ${method("deposit", "function deposit() payable").replace("DC_METHOD", "DC_PAYABLE_METHOD")}
  ${method("withdraw", "function withdraw(uint256 amount)")}
  ${method("context", "function context()")}
  ${method("hash", "function hash(bytes data) view returns (bytes32)")}
  ${method("transient", "function transient() returns (uint256)")}
  ${method("again", "function again()")}
  ${method("spread", "function spread() view returns (uint256)")}
  DC_FALLBACK(other)
)`;

async function build(text: string): Promise<Harness> {
  const module = await compileC({ main: "test.c", files: { "test.c": text } });
  return new Harness(module, readAbi(text));
}

let numbers: Harness;
let contract: Harness;

before(async () => {
  numbers = await build(arithmetic);
  contract = await build(features);
});

test("256-bit arithmetic in C agrees with bigint, and panics as Solidity does", () => {
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

test("a constructor in C takes its arguments without a selector and stores", () => {
  const word = concatBytes(new Uint8Array(12), new Uint8Array(20).fill(0xab));
  assert.equal(contract.host.construct(CONTRACT, CALLER, word).status, "success");
  assert.deepEqual(contract.call("owner"), { result: getAddress(`0x${"ab".repeat(20)}`) });
});

test("dynamic arguments and results in C keep every byte, whatever their length", () => {
  for (const length of [0, 1, 31, 32, 33, 100]) {
    const data = toHex(new Uint8Array(length).fill(0x5a));
    assert.deepEqual(contract.call("echo", [true, data]), { result: data });
  }
});

test("calldata that Solidity would refuse is refused in C", () => {
  const word = (value: bigint): Uint8Array => bigintToBytes(value, 32);
  const echo = new Uint8Array(Buffer.from(toFunctionSelector("echo(bool,bytes)").slice(2), "hex"));
  const inputs = [
    [word(2n), word(64n), word(0n)],
    [word(1n), word(2n ** 255n), word(0n)],
    [word(1n), word(65n), word(0n)],
    [word(1n), word(64n), word(1n)],
    [word(1n), word(64n), word(2n ** 32n)],
  ];
  const outcomes = inputs.map((words) => {
    const { status, output } = contract.host.call(CONTRACT, CALLER, concatBytes(echo, ...words));
    return [status, output.length];
  });
  assert.deepEqual(
    outcomes,
    inputs.map(() => ["revert", 0]),
  );
  assert.deepEqual(contract.call("small", [2n ** 64n - 1n]), { result: 2n ** 64n - 1n });
  const small = Buffer.from(toFunctionSelector("small(uint64)").slice(2), "hex");
  const tooBig = concatBytes(new Uint8Array(small), word(2n ** 64n));
  assert.equal(contract.host.call(CONTRACT, CALLER, tooBig).status, "revert");
});

test("a payable method in C takes value, and a custom error carries its arguments", () => {
  contract.call("deposit", [], 30n);
  contract.call("deposit", [], 12n);
  assert.deepEqual(contract.call("withdraw", [42n]), { result: undefined });
  assert.deepEqual(contract.call("withdraw", [43n]), {
    revert: "Poor",
    args: [getAddress(CALLER), 42n],
  });
  assert.deepEqual(contract.call("withdraw", [1n], 1n), { revert: "empty", args: [] });
});

test("a contract in C sees block, message and transaction", () => {
  contract.host.logs.length = 0;
  contract.call("context");
  const words = [
    ...(contract.host.logs[0]?.topics ?? []),
    ...(contract.host.logs[0]?.data.slice(2).match(/.{64}/g) ?? []),
  ].map((word) => BigInt(word.startsWith("0x") ? word : `0x${word}`));
  const { number, time, chainId, gasLimit, gasLeft, baseFee, gasPrice } = FIXED_CONTEXT;
  const coinbase = BigInt(`0x${"cb".repeat(20)}`);
  assert.deepEqual(words, [
    ...[number, time, chainId, gasLimit, gasLeft, baseFee, gasPrice, 42n],
    ...[BigInt(CALLER), coinbase],
  ]);
});

test("hashing, transient storage and the guard against re-entry work in C", () => {
  assert.deepEqual(contract.call("hash", ["0x616263"]), {
    result: "0x4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45",
  });
  assert.deepEqual(contract.call("transient"), { result: 5n });
  assert.deepEqual(contract.call("again"), { revert: "Error", args: ["again"] });
});

test("memory in C grows beyond the first page", () => {
  assert.deepEqual(contract.call("spread"), { result: 7n });
});

test("the fallback in C takes what no method takes, calldata of any length included", () => {
  const lengths = [0, 3, 4, 40].map((length) =>
    toHex(contract.host.call(CONTRACT, CALLER, new Uint8Array(length).fill(1), 1n).output),
  );
  assert.deepEqual(
    lengths,
    [0n, 3n, 4n, 40n].map((length) => toHex(bigintToBytes(length, 32))),
  );
});

test("what is wrong with a contract's declarations in C stops the build with file and line", () => {
  const view =
    'static void f(void) {\n  g();\n}\nDC_VIEW_METHOD(0x26121ff0, f, "function f() view")';
  const wrong: readonly (readonly [string, RegExp])[] = [
    [
      '\nDC_METHOD(0x12345678, f, "function transfer(address to, uint256 amount)")',
      /^Error: a\.c:2: .* has the selector 0xa9059cbb, the source says 0x12345678$/,
    ],
    [
      '\n\nDC_METHOD(0x12345678, f, "function f(u256 amount)")',
      /^Error: a\.c:3: "function f\(u256 amount\)" is no signature of the ABI/,
    ],
    [
      `static void g(void) { /* dc_store( */\n  dc_store(x(), 1);\n}\n${view}`,
      /^Error: a\.c:2: f is a view method and writes here; declare it without "view"$/,
    ],
  ];
  for (const [source, message] of wrong) assert.throws(() => readAbi(source, "a.c"), message);
  const quiet =
    "static void g(void) { /* dc_store( */ if (b) { dc_load(x()); } }\n" +
    "static void h(void) { if (a) { dc_store(x(), 1); } }";
  assert.equal(readAbi(`${quiet}\n${view}`).length, 1);
});

test("what lies outside of every contract is refused in C with file, line and what to use instead", () => {
  const refused: readonly (readonly [string, RegExp])[] = [
    [
      "\nvoid f(void) { g(time (0)); }",
      /^Error: a\.c:2: time is not .*: the time is the block's: dc_block_time\(\)$/,
    ],
    [
      "\n\nint f(void) { return rand(); }",
      /^Error: a\.c:3: rand is not .* dc_random_below\(bound\)$/,
    ],
    [
      "int f(void) {\n  return getenv(name) != 0; }",
      /^Error: a\.c:2: getenv is not .* are arguments/,
    ],
    [
      "#include <stdint.h>\n#include <pthread.h>",
      /^Error: a\.c:2: <pthread\.h> is not .* in one thread$/,
    ],
    [
      "void f(void) { socket(2, 1, 0); }",
      /^Error: a\.c:1: socket is not .* the chain and nothing else$/,
    ],
    [
      "uint64_t f(void) { return __rdtsc(); }",
      /^Error: a\.c:1: __rdtsc is not .* dc_gas_left\(\)$/,
    ],
    ["void f(void) { fopen(path, mode); }", /^Error: a\.c:1: fopen is not .* dc_store/],
  ];
  for (const [source, message] of refused) assert.throws(() => readAbi(source, "a.c"), message);
  const own = [
    "static void time(void) { dc_result_u256(1); }\nvoid f(void) { time(); }",
    "void f(void) { clock_.time(); at->rand(); }",
    '/* time(0) */ const char *text = "rand()"; // getenv()',
    '#include "time.h"',
  ];
  for (const source of own) assert.deepEqual(readAbi(source, "a.c"), []);
});

test("recursion, loops and memory without end halt a contract in C, and take its gas", async () => {
  const source = `#include "delchain.h"
static u256 deep(u256 n) { volatile u256 kept = n; return n == 0 ? 0 : deep(n + 1) + kept; }
static void recurse(void) { dc_result_u256(deep(1)); }
static void loop(void) { for (volatile int i = 0;; i++) {} }
static void fill(void) { for (;;) dc_allocate(65536); }
DC_CONTRACT(
  ${method("recurse", "function recurse()")}
  ${method("loop", "function loop()")}
  ${method("fill", "function fill()")}
)`;
  // On the tier itself: the harness beside it meters nothing.
  const chain = new MapChain(new WasmTier());
  const at = account(0xaa);
  chain.contracts.set(at, await compileC({ main: "test.c", files: { "test.c": source } }));
  for (const signature of ["recurse()", "loop()", "fill()"]) {
    const input = fromHex(toFunctionSelector(signature));
    const { result, gasUsed } = chain.send(at, input);
    assert.deepEqual([result.status, gasUsed], ["halt", 10_000_000], signature);
  }
});

test("what does not compile in C is reported with the compiler's words", async () => {
  await assert.rejects(
    compileC({ main: "bad.c", files: { "bad.c": '#include "delchain.h"\nint x = y;' } }),
    /bad\.c does not compile:[\s\S]*undeclared identifier 'y'/,
  );
});

test("a debug build in C says where a reason comes from, and speaks on a devnet; a release does neither", async () => {
  const text = `#include "delchain.h"
static void f(void) {
  dc_debug(DC_STRING("here"));
  dc_require(dc_value() != 0, "no value");
}
DC_CONTRACT(${method("f", "function f()")})`;
  const files = { "test.c": text };
  const debug = await compileC({ main: "test.c", files, isDebug: true });
  const release = await compileC({ main: "test.c", files });
  const imports = (module: Uint8Array): readonly string[] =>
    WebAssembly.Module.imports(new WebAssembly.Module(module as BufferSource)).map(
      (one) => one.module,
    );
  assert.ok(imports(debug).includes("console") && !imports(release).includes("console"));
  const printed: string[] = [];
  const ledger = new Ledger([CALLER], (line) => printed.push(line));
  const at = ledger.deploy(toHex(encodeEnvelope(CODE_KINDS.wasm, debug)));
  const outcome = ledger.send(CALLER, at, toFunctionSelector("f()"));
  assert.ok(outcome.status === "revert");
  const { args } = decodeErrorResult({
    abi: parseAbi(["error Error(string)"]),
    data: toHex(outcome.output),
  });
  assert.deepEqual([args, printed], [["no value (test.c:4)"], ["here"]]);
});

test("a view method in C that writes out of sight reverts", async () => {
  const text = `#include "delchain.h"
#define WRITE(slot) dc_store_word((slot), &one)
static void f(void) { u256 one = 1; WRITE(dc_slot_at(1)); }
DC_CONTRACT(${method("f", "function f() view").replace("DC_METHOD", "DC_VIEW_METHOD")})`;
  const harness = await build(text);
  assert.deepEqual(harness.call("f"), { revert: "Error", args: ["a view method writes"] });
});
