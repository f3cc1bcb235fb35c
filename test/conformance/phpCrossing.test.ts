import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { beforeEach, describe, test } from "node:test";
import {
  type Address,
  CODE_KINDS,
  encodeEnvelope,
  FrameStack,
  fromHex,
  PhpTier,
  type TransactionOutcome,
  tierOf,
  toAddress,
  toHex,
  WasmTier,
} from "@delchain/runtime";
import {
  decodeErrorResult,
  decodeFunctionResult,
  encodeAbiParameters,
  encodeErrorResult,
  encodeFunctionData,
  type Hex,
  parseAbi,
} from "viem";
import { COUNTER, deploying, factory, forwarder } from "../../runtime/evm/testing/evmCode.ts";
import { account, World } from "../../runtime/evm/testing/world.ts";
import { currentPins } from "../../runtime/php/testing/phpChain.ts";
import { call, PROBE, store } from "../../runtime/wasm/testing/probe.ts";

// EVM code, WebAssembly and PHP on one journal. A is EVM code that forwards its calldata to P, the PHP contract;
// W is the WebAssembly probe, B EVM code that counts. All of it runs on the real executor and the real tiers.
const [A, B] = [account(0xaa), account(0xbb)];
const GAS = 60_000_000n;
const SOURCE = readFileSync(new URL("php/Crossing.php", import.meta.url));
const abi = parseAbi([
  "function store(uint64 slot, uint256 value)",
  "function load(uint64 slot) view returns (uint256)",
  "function forward(address to, bytes input, uint256 value) payable returns (bytes)",
  "function forwardStatic(address to, bytes input) returns (bytes)",
  "function forwardDelegate(address to, bytes input) returns (bytes)",
  "function attempt(address to, bytes input) returns (bytes)",
  "function create(bytes initCode) returns (address)",
  "function create2(bytes initCode, bytes32 salt) returns (address)",
  "function descend(uint64 more) returns (uint64)",
  "function fail(string reason)",
  "function spin()",
  "function cross(uint256 value) returns (address)",
  "function look(address account) returns (uint256)",
  "error Error(string)",
]);
type Name = Extract<(typeof abi)[number], { type: "function" }>["name"];

// One for all tests, as in a thread of a node: the interpreter boots once.
const frames = new FrameStack();
const tiers = [new WasmTier({ frames }), new PhpTier({ pins: currentPins(), frames })] as const;
let world: World;
let P: Address;
let W: Address;

const data = (functionName: Name, ...args: readonly unknown[]): Hex =>
  encodeFunctionData({ abi, functionName, args } as never);
const send = (to: Address, input: Hex, value = 0n): TransactionOutcome =>
  world.send({ to, data: input, value, gasLimit: GAS });

function outputOf(outcome: TransactionOutcome): Hex {
  assert.ok("output" in outcome, `no output: ${JSON.stringify(outcome, (_, v) => String(v))}`);
  return toHex(outcome.output);
}

/** The decoded result of a call of the PHP contract. */
function ask(functionName: Name, ...args: readonly unknown[]): unknown {
  const outcome = send(P, data(functionName, ...args));
  assert.equal(outcome.status, "success", reason(outcome));
  return decodeFunctionResult({ abi, functionName, data: outputOf(outcome) } as never);
}

function reason(outcome: TransactionOutcome): string {
  if (outcome.status !== "revert") return outcome.status;
  if (outcome.output.length === 0) return "empty";
  return String(decodeErrorResult({ abi, data: toHex(outcome.output) }).args?.[0]);
}

function phpEnvelope(source: Uint8Array | string, constructorInput: Hex = "0x"): Hex {
  const payload = typeof source === "string" ? new TextEncoder().encode(source) : source;
  return toHex(encodeEnvelope(CODE_KINDS.php, payload, fromHex(constructorInput)));
}

const uint = (value: bigint): Hex => encodeAbiParameters([{ type: "uint256" }], [value]);

function deploy(initCode: Hex, value = 0n): TransactionOutcome {
  return world.send({ data: initCode, value, gasLimit: GAS });
}

function created(outcome: TransactionOutcome): Address {
  assert.equal(outcome.status, "success", reason(outcome));
  return toAddress((outcome.status === "success" && outcome.created) || "");
}

function setUp(): void {
  world = new World(...tiers);
  P = created(deploy(phpEnvelope(SOURCE, uint(41n))));
  W = created(deploy(toHex(encodeEnvelope(CODE_KINDS.wasm, PROBE))));
  world.putCode(A, forwarder(P));
  world.putCode(B, COUNTER);
}

describe("a PHP contract's deployment", () => {
  beforeEach(setUp);

  test("runs the constructor with its arguments, and stores code that says which tier runs it", () => {
    assert.equal(world.slot(P, 1), 41);
    const code = world.view.code(world.view.account(P)?.codeHash ?? (account(0) as never));
    assert.equal(tierOf(code ?? new Uint8Array()), "wasm");
    assert.deepEqual(code?.slice(0, 4), Uint8Array.of(0xef, 0xdc, 0x01, CODE_KINDS.php));
  });

  test("takes value where the constructor is payable, and refuses it elsewhere", () => {
    const paid = created(deploy(phpEnvelope(SOURCE, uint(1n)), 5n));
    assert.equal(world.view.account(paid)?.balance, 5n);
    const plain = "<?php final class C extends DelChain\\Contract {}";
    assert.equal(reason(deploy(phpEnvelope(plain), 5n)), "the constructor takes no value");
  });

  const refusals: Readonly<Record<string, { source: string; input?: Hex; reason: RegExp }>> = {
    "a syntax error, with its line": {
      source: "<?php\nfinal class C extends DelChain\\Contract {\n  function f() { return 1 }\n}",
      reason: /^syntax error, unexpected token "}", expecting ";" \(contract\.php:3\)$/,
    },
    "an error of the compiler, with its line": {
      source:
        "<?php\nfinal class C extends DelChain\\Contract {\n function f() {}\n function f() {} }",
      reason: /^Fatal error: Cannot redeclare C::f\(\) in contract\.php on line 4$/,
    },
    "a type that no ABI has": {
      source:
        "<?php final class C extends DelChain\\Contract { public function f(array $a): void {} }",
      reason: /^C::f, parameter \$a has the type "array"; the ABI has .* \(contract\.php:1\)$/,
    },
    "a source without a contract": {
      source: "<?php final class C {}",
      reason: /^the source declares no class that extends DelChain\\Contract$/,
    },
    "arguments for a contract that has no constructor": {
      source: "<?php final class C extends DelChain\\Contract {}",
      input: uint(1n),
      reason: /has no method marked #\[Constructor\] and takes no arguments$/,
    },
    "text that is no PHP": {
      source: "print('hello')",
      reason: /^a PHP contract begins with "<\?php"/,
    },
    "an exception of the constructor": {
      source: SOURCE.toString(),
      input: uint(0n),
      reason: /^nothing to begin with \(contract\.php:15\)$/,
    },
  };
  for (const [name, { source, input, reason: wanted }] of Object.entries(refusals)) {
    test(`is refused for ${name}`, () => {
      const outcome = deploy(phpEnvelope(source, input));
      assert.equal(outcome.status, "revert");
      assert.match(reason(outcome), wanted);
    });
  }
});

describe("PHP between the other tiers", () => {
  beforeEach(setUp);

  test("EVM calls PHP calls WebAssembly calls PHP, and each sees its own caller and writes", () => {
    const last = data("store", 7n, 70n);
    const throughWasm = toHex(concat(store(1, 7), call(P, fromHex(last))));
    const outcome = send(A, data("forward", W, throughWasm, 0n));
    assert.equal(outcome.status, "success", reason(outcome));
    assert.deepEqual(
      { a: world.slot(A, 0), w: world.slot(W, 1), p: world.slot(P, 7) },
      { a: 1, w: 7, p: 70 },
    );
    const seen = send(A, data("forward", P, data("cross", 9n), 0n));
    assert.equal(seen.status === "success" && seen.logs.length, 1);
    const [log] = seen.status === "success" ? seen.logs : [];
    assert.deepEqual(log?.topics[1]?.slice(26), P.slice(2));
  });

  test("what a called contract reverts with comes to PHP, and what it wrote is gone", () => {
    const expected = encodeErrorResult({ abi, errorName: "Error", args: ["not today"] });
    assert.equal(ask("attempt", P, data("fail", "not today")), expected);
    assert.deepEqual(
      [2, 3, 4].map((slot) => world.slot(P, slot)),
      [1, 1, 0],
    );
  });

  test("a revert that nobody catches goes up through PHP as it is", () => {
    const outcome = send(A, data("forward", P, data("fail", "as it is"), 0n));
    assert.equal(outcome.status, "success");
    assert.equal(world.slot(A, 2), 0);
    assert.equal(reason(send(P, data("forward", P, data("fail", "as it is"), 0n))), "as it is");
  });

  test("a contract that halts costs its frame's gas, and PHP goes on with an empty revert", () => {
    assert.equal(ask("attempt", P, data("spin")), "0x");
    assert.deepEqual(
      [2, 3].map((slot) => world.slot(P, slot)),
      [1, 1],
    );
  });

  test("value goes along, in and out, and is refused where a method is not payable", () => {
    assert.equal(send(P, data("forward", B, "0x", 4n), 10n).status, "success");
    assert.deepEqual(
      [P, B].map((at) => world.view.account(at)?.balance),
      [6n, 4n],
    );
    assert.equal(reason(send(P, data("store", 1n, 1n), 1n)), "empty");
    assert.equal(ask("look", B), 4n);
  });

  test("a static call may read and may not write, through every tier", () => {
    assert.equal(ask("forwardStatic", P, data("load", 1n)), uint(41n));
    for (const [to, input] of [
      [P, data("store", 1n, 1n)],
      [B, "0x" as Hex],
      [W, toHex(store(1, 7))],
    ] as const) {
      assert.notEqual(send(P, data("forwardStatic", to, input)).status, "success");
    }
    assert.deepEqual([world.slot(P, 1), world.slot(B, 0), world.slot(W, 1)], [41, 0, 0]);
  });

  test("a delegate call runs the other's code on this contract's storage", () => {
    ask("forwardDelegate", B, "0x");
    assert.deepEqual([world.slot(P, 0), world.slot(B, 0)], [1, 0]);
    world.putCode(A, forwarder(P, "delegate"));
    send(A, data("store", 5n, 6n));
    assert.deepEqual([world.slot(A, 5), world.slot(P, 5)], [6, 0]);
  });
});

describe("PHP in depth", () => {
  beforeEach(setUp);

  test("PHP deploys every tier, and the EVM deploys PHP", () => {
    const salt: Hex = `0x${"05".repeat(32)}`;
    const evm = toAddress(String(ask("create", deploying(COUNTER))).toLowerCase());
    const wasm = toAddress(
      String(ask("create2", toHex(encodeEnvelope(CODE_KINDS.wasm, PROBE)), salt)).toLowerCase(),
    );
    const php = toAddress(String(ask("create", phpEnvelope(SOURCE, uint(8n)))).toLowerCase());
    send(evm, "0x");
    send(wasm, toHex(store(1, 9)));
    assert.deepEqual([world.slot(evm, 0), world.slot(wasm, 1), world.slot(php, 1)], [1, 9, 8]);
    world.putCode(A, factory("create2"));
    const made = outputOf(send(A, phpEnvelope(SOURCE, uint(12n))));
    assert.equal(world.slot(toAddress(`0x${made.slice(-40)}`), 1), 12);
  });

  test("at most four interpreters nest; the call beyond fails in its caller, who goes on", () => {
    assert.equal(ask("descend", 3n), 4n);
    assert.equal(ask("descend", 9n), 4n);
  });

  test("gas is the same each time, in one executor and in another", () => {
    const run = (): readonly bigint[] => {
      setUp();
      const outcomes = [
        deploy(phpEnvelope(SOURCE, uint(1n))),
        send(A, data("forward", W, toHex(call(P, fromHex(data("store", 7n, 70n)))), 0n)),
        send(P, data("descend", 9n)),
        send(P, data("attempt", P, data("spin"))),
      ];
      return outcomes.map((outcome) => ("gasUsed" in outcome ? outcome.gasUsed : 0n));
    };
    const first = run();
    assert.ok(first.every((gas) => gas > 70_000n));
    for (let i = 0; i < 3; i++) assert.deepEqual(run(), first);
  });
});

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(parts);
}
