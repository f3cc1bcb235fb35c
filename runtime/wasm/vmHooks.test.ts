import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import type { FrameResult } from "../host/api.ts";
import { addressToBytes } from "../types/address.ts";
import { bytesToBigint, concatBytes, toHex } from "../types/bytes.ts";
import { hashToBytes, keccak256, keccak256Bytes } from "../types/hash.ts";
import { account, CALLER, MapChain } from "./testing/mapHost.ts";
import {
  ALL_GAS,
  call,
  command,
  decodeReturned,
  delegateCall,
  PROBE,
  staticCall,
  store,
  u32,
  u64,
  word,
} from "./testing/probe.ts";
import { HookBinding, VM_HOOKS } from "./vmHooks.ts";
import { WasmTier } from "./wasmTier.ts";

const [A, B, C] = [account(0xaa), account(0xbb), account(0xcc)];
let chain: MapChain;

function reset(): void {
  chain = new MapChain(new WasmTier());
  chain.contracts.set(A, PROBE);
  chain.contracts.set(B, PROBE);
  chain.contracts.set(C, PROBE);
}

function outputOf(result: FrameResult): Uint8Array {
  assert.equal(result.status, "success", result.status === "halt" ? result.reason : "");
  return result.output;
}

const give = (...commands: Uint8Array[]): Uint8Array =>
  outputOf(chain.send(A, concatBytes(...commands)).result);
const number = (bytes: Uint8Array): bigint => bytesToBigint(bytes.slice().reverse());
const haltOf = (...commands: Uint8Array[]): string => {
  const { result } = chain.send(A, concatBytes(...commands));
  return result.status === "halt" ? result.reason : result.status;
};

describe("vm_hooks", () => {
  beforeEach(reset);

  test("are Stylus' 42 functions and one older name", () => {
    const names = Object.keys(VM_HOOKS);
    assert.equal(names.length, 43);
    assert.ok(names.includes("memory_grow"));
    assert.deepEqual(Object.keys(new HookBinding(undefined).offered), ["vm_hooks"]);
    assert.deepEqual(Object.keys(new HookBinding(() => undefined).offered), [
      "vm_hooks",
      "console",
    ]);
  });

  test("tell the block, the transaction and the message", () => {
    assert.deepEqual(give(command("baseFee")), word(7));
    assert.deepEqual(give(command("coinbase")), addressToBytes(account(0x99)));
    assert.equal(number(give(command("gasLimit"))), 2n ** 27n);
    assert.equal(number(give(command("number"))), 12n);
    assert.equal(number(give(command("timestamp"))), 1_700_000_000n);
    assert.equal(number(give(command("chainId"))), 31_337n);
    assert.deepEqual(give(command("contractAddress")), addressToBytes(A));
    assert.deepEqual(give(command("sender")), addressToBytes(CALLER));
    assert.deepEqual(give(command("gasPrice")), word(9));
    assert.deepEqual(give(command("origin")), addressToBytes(CALLER));
    assert.equal(number(give(command("inkPrice"))), 10_000n);
    assert.equal(number(give(command("reentrant"))), 0n);
    const paid = chain.send(A, command("value"), { value: 5n }).result;
    assert.deepEqual(outputOf(paid), word(5));
  });

  test("tell the gas that is left, in gas and in ink", () => {
    const gas = Number(number(give(command("gasLeft"))));
    const ink = Number(number(give(command("inkLeft"))));
    assert.ok(gas < 10_000_000 && gas > 9_900_000, `${gas}`);
    assert.equal(Math.floor(ink / 10_000), gas);
  });

  test("hash, and know other accounts", () => {
    chain.world.balances.set(B, 77n);
    const of = (address: Uint8Array, ...rest: Uint8Array[]): Uint8Array =>
      concatBytes(address, ...rest);
    const b = addressToBytes(B);
    assert.deepEqual(
      give(command("keccak", Uint8Array.of(1, 2))),
      keccak256Bytes(Uint8Array.of(1, 2)),
    );
    assert.deepEqual(give(command("balance", b)), word(77));
    assert.equal(number(give(command("codeSize", b))), BigInt(PROBE.length));
    assert.deepEqual(give(command("codeHash", b)), hashToBytes(keccak256(PROBE)));
    assert.deepEqual(give(command("code", of(b, u32(1), u32(3)))), PROBE.slice(1, 4));
    const end = u32(PROBE.length - 2);
    assert.deepEqual(give(command("code", of(b, end, u32(50)))), PROBE.slice(-2));
  });

  test("log what follows the topics", () => {
    give(command("log", Uint8Array.of(2), word(1), word(2), Uint8Array.of(9)));
    assert.deepEqual(chain.world.logs, [
      { address: A, topics: [toHex(word(1)), toHex(word(2))], data: Uint8Array.of(9) },
    ]);
    assert.match(haltOf(command("log", Uint8Array.of(5), new Uint8Array(160))), /^GuestFault/);
    assert.match(haltOf(command("log", Uint8Array.of(2), new Uint8Array(63))), /^GuestFault/);
  });

  test("refuse memory that the guest does not have, at either end of the address space", () => {
    const end = u32(3 * 65_536 - 31);
    assert.match(haltOf(command("writeFrom", u32(2 ** 32 - 1), u32(1))), /^GuestFault/);
    assert.match(haltOf(command("writeFrom", end, u32(32))), /^GuestFault/);
    assert.match(haltOf(command("writeFrom", u32(0), u32(2 ** 32 - 1))), /^GuestFault|^OutOfGas/);
    assert.match(haltOf(command("readArgsTo", u32(2 ** 32 - 4))), /^GuestFault/);
  });

  test("see memory that has grown since", () => {
    const page = 3 * 65_536;
    const output = give(command("grow", u32(1)), command("readArgsTo", u32(page)));
    assert.equal(number(output), 3n);
  });

  test("take any pay_for_memory_grow for the price of a call", () => {
    const none = chain.send(A, new Uint8Array()).gasUsed;
    const paid = chain.send(A, command("payForGrow", u32(100))).gasUsed;
    assert.ok(paid > none && paid - none < 200, `${paid} and ${none}`);
  });
});

describe("storage hooks", () => {
  beforeEach(reset);

  test("read what the frame has cached, and store it when it is flushed", () => {
    const cached = give(command("cache", word(1), word(5)), command("load", word(1)));
    assert.deepEqual(cached, word(5));
    assert.equal(chain.slot(A, 1), 0);
    give(store(1, 6));
    assert.equal(chain.slot(A, 1), 6);
    assert.deepEqual(give(command("load", word(1))), word(6));
  });

  test("write a slot once however often it was cached, and not again", () => {
    const once = chain.send(A, store(1, 6)).gasUsed;
    const twice = chain.send(
      A,
      concatBytes(command("cache", word(1), word(5)), store(1, 6)),
    ).gasUsed;
    const again = chain.send(
      A,
      concatBytes(store(1, 6), command("flush", Uint8Array.of(0))),
    ).gasUsed;
    assert.ok(twice - once < 1_000, `${twice} and ${once}`);
    assert.ok(again - once < 1_000, `${again} and ${once}`);
  });

  test("keep reading a cached word until the cache is cleared", () => {
    const write = call(B, store(3, 1));
    chain.contracts.set(B, PROBE);
    const stale = concatBytes(
      command("load", word(3)),
      delegateCall(B, store(3, 1)),
      command("load", word(3)),
      command("flush", Uint8Array.of(1)),
      command("load", word(3)),
    );
    const output = give(stale);
    assert.deepEqual(output.slice(0, 32), word(0));
    assert.deepEqual(output.slice(-64), concatBytes(word(0), word(1)));
    assert.equal(chain.slot(B, 3), 0);
    give(write);
    assert.equal(chain.slot(B, 3), 1);
  });

  test("hold transient words apart from stored ones", () => {
    const output = give(
      command("storeTransient", word(1), word(4)),
      command("loadTransient", word(1)),
      command("load", word(1)),
    );
    assert.deepEqual(output, concatBytes(word(4), word(0)));
  });

  test("halt a static frame that writes, and let it read", () => {
    assert.deepEqual(decodeReturned(give(staticCall(B, command("load", word(1))))).output, word(0));
    assert.equal(decodeReturned(give(staticCall(B, store(1, 1)))).status, 2);
    const log = command("log", Uint8Array.of(0));
    assert.equal(decodeReturned(give(staticCall(B, log))).status, 2);
    assert.equal(decodeReturned(give(staticCall(B, call(A, store(1, 1))))).status, 0);
    assert.equal(chain.slot(A, 1), 0);
  });
});

describe("call hooks", () => {
  beforeEach(reset);

  test("run another contract as itself, or as the caller", () => {
    give(call(B, concatBytes(store(1, 1), command("sender"))));
    give(delegateCall(B, concatBytes(store(2, 2), command("sender"))));
    assert.deepEqual([chain.slot(B, 1), chain.slot(A, 1)], [1, 0]);
    assert.deepEqual([chain.slot(B, 2), chain.slot(A, 2)], [0, 2]);
    assert.deepEqual(decodeReturned(give(call(B, command("sender")))).output, addressToBytes(A));
    assert.deepEqual(
      decodeReturned(give(delegateCall(B, command("sender")))).output,
      addressToBytes(CALLER),
    );
  });

  test("give revert data back and undo what the callee wrote", () => {
    const reverting = concatBytes(store(1, 1), command("number"), command("revert"));
    const { status, output } = decodeReturned(give(call(B, reverting)));
    assert.equal(status, 1);
    assert.equal(number(output), 12n);
    assert.equal(chain.slot(B, 1), 0);
  });

  test("give a halt as status 2 without data, and go on with what gas is left", () => {
    const output = give(command("sender"), call(B, command("trap")), command("number"));
    assert.deepEqual(decodeReturned(output.slice(20)), { status: 2, output: new Uint8Array() });
    assert.equal(number(output.slice(-8)), 12n);
  });

  test("pass on no more gas than was named", () => {
    const spin = command("call", addressToBytes(B), word(0), u64(50_000n), command("spin"));
    const { result, gasUsed } = chain.send(A, spin);
    assert.equal(decodeReturned(outputOf(result)).status, 2);
    assert.ok(gasUsed > 50_000 && gasUsed < 80_000, `${gasUsed}`);
    const all = command("call", addressToBytes(B), word(0), ALL_GAS, command("spin"));
    const spent = chain.send(A, all, { gas: 1_000_000 }).gasUsed;
    assert.ok(spent > 980_000 && spent < 1_000_000, `${spent}`);
  });

  test("keep the last return data until the next call", () => {
    const output = give(
      call(B, command("sender")),
      command("returnDataSize"),
      command("readReturnData", u32(18), u32(50)),
      command("readReturnData", u32(99), u32(1)),
    );
    assert.deepEqual(output.slice(25), concatBytes(u32(20), addressToBytes(A).slice(18)));
  });

  test("create contracts, and say why not", () => {
    const created = give(command("create", word(0), PROBE)).slice(0, 20);
    assert.notDeepEqual(created, new Uint8Array(20));
    assert.equal(number(give(command("codeSize", created))), BigInt(PROBE.length));
    const salted = give(command("create2", word(0), word(42), PROBE)).slice(0, 20);
    assert.equal(number(give(command("codeSize", salted))), BigInt(PROBE.length));
    const refused = give(command("create", word(0), Uint8Array.of(7, 8)));
    assert.deepEqual(refused.slice(0, 20), new Uint8Array(20));
    assert.deepEqual(decodeReturned(refused.slice(20)).output, Uint8Array.of(7, 8));
  });

  test("know a contract that is entered again, and one that is not", () => {
    const reentrant = command("reentrant");
    const nested = (bytes: Uint8Array): Uint8Array => decodeReturned(bytes).output;
    assert.deepEqual(nested(give(call(B, reentrant))), u32(0));
    assert.deepEqual(nested(nested(give(call(B, call(A, reentrant))))), u32(1));
    assert.deepEqual(nested(give(delegateCall(B, reentrant))), u32(0));
    assert.deepEqual(nested(nested(give(delegateCall(B, delegateCall(C, reentrant))))), u32(0));
    assert.deepEqual(nested(give(call(A, reentrant))), u32(1));
    assert.deepEqual(nested(nested(give(call(A, delegateCall(B, reentrant))))), u32(1));
    assert.deepEqual(nested(nested(give(delegateCall(B, call(A, reentrant))))), u32(1));
    assert.deepEqual(give(call(B, call(A, reentrant)), reentrant).slice(-4), u32(0));
  });
});

describe("math hooks", () => {
  beforeEach(reset);
  const MAX = 2n ** 256n - 1n;
  const value = (bytes: Uint8Array): bigint => bytesToBigint(bytes);

  test("answer as the EVM does, by zero with zero", () => {
    const math2 = (name: "divide" | "modulo" | "power", a: bigint, b: bigint): bigint =>
      value(give(command(name, word(a), word(b))));
    assert.equal(math2("divide", MAX, 3n), MAX / 3n);
    assert.equal(math2("divide", MAX, 0n), 0n);
    assert.equal(math2("modulo", MAX, 10n), MAX % 10n);
    assert.equal(math2("modulo", 5n, 0n), 0n);
    assert.equal(math2("power", 3n, 5n), 243n);
    assert.equal(math2("power", 2n, 256n), 0n);
    assert.equal(math2("power", 0n, 0n), 1n);
    assert.equal(math2("power", MAX, MAX), MAX);
  });

  test("compute sums and products beyond 256 bits before the modulus", () => {
    const math3 = (name: "addModulo" | "multiplyModulo", a: bigint, b: bigint, m: bigint): bigint =>
      value(give(command(name, word(a), word(b), word(m))));
    assert.equal(math3("addModulo", MAX, MAX, 12n), (MAX + MAX) % 12n);
    assert.equal(math3("multiplyModulo", MAX, MAX, 12n), (MAX * MAX) % 12n);
    assert.equal(math3("addModulo", 1n, 1n, 0n), 0n);
    assert.equal(math3("multiplyModulo", 2n, 2n, 0n), 0n);
  });

  test("charge a power by the length of its exponent", () => {
    const price = (exponent: bigint): number =>
      chain.send(A, command("power", word(3), word(exponent))).gasUsed;
    assert.ok(price(MAX) - price(1n) > 10_000);
  });
});
