import assert from "node:assert/strict";
import { test } from "node:test";
import { getContractAddress, type Hex, toHex } from "viem";
import { CODE_KINDS, encodeEnvelope } from "../../runtime/index.ts";
import {
  buildModule,
  code,
  EMPTY_CONTRACT,
  leb,
  type ModuleSketch,
} from "../../runtime/wasm/testing/moduleBuilder.ts";
import { sharedDevnet } from "./support/devnet.ts";

// Modules that may not be deployed: the estimate says why, and a transaction that is sent all the same leaves
// neither code nor payload.

const ACCOUNT = 8;
const HOOK = { module: "vm_hooks", name: "tx_ink_price", what: [0, 1] };

function moduleOf(sketch: Partial<ModuleSketch>): Uint8Array {
  return buildModule({ ...EMPTY_CONTRACT, ...sketch });
}

function withCode(instructions: readonly number[]): Uint8Array {
  return moduleOf({ functions: [{ type: 0, code: [...instructions, ...code(["i32.const", 0])] }] });
}

const good = buildModule(EMPTY_CONTRACT);

const CASES: readonly {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly says: RegExp;
}[] = [
  { name: "is cut off", bytes: good.subarray(0, good.length - 3), says: /end/ },
  { name: "is of another version", bytes: good.with(4, 2), says: /version/ },
  { name: "is no module", bytes: new TextEncoder().encode("hello"), says: /module|magic/ },
  {
    name: "has types that do not fit",
    bytes: moduleOf({ functions: [{ type: 0, code: code(["i64.const", 0]) }] }),
    says: /valid/,
  },
  {
    name: "imports what no host offers",
    bytes: moduleOf({
      types: ["i:i"],
      imports: [{ module: "wasi_snapshot_preview1", name: "fd_write", what: [0, 0] }],
    }),
    says: /wasi_snapshot_preview1.*fd_write/,
  },
  {
    name: "imports a hook by another type",
    bytes: moduleOf({ types: ["i:i", ":I"], imports: [HOOK] }),
    says: /tx_ink_price/,
  },
  {
    name: "has no entry point",
    bytes: moduleOf({ exports: [{ name: "memory", kind: 2, index: 0 }] }),
    says: /user_entrypoint/,
  },
  {
    name: "asks for too much memory",
    bytes: moduleOf({ memories: [[0, ...leb(129)]] }),
    says: /129 .*pages.* limit is 128/,
  },
  {
    name: "has too many globals",
    bytes: moduleOf({
      globals: Array.from({ length: 1_001 }, () => [0x7f, 0, ...code(["i32.const", 0]), 0x0b]),
    }),
    says: /1001 globals; the limit is 1000/,
  },
  {
    name: "has too large a function",
    bytes: withCode(new Array<number>(128 * 1024).fill(code("nop")[0] ?? 1)),
    says: /in function 0; the limit is 131072/,
  },
  {
    name: "shares its memory",
    bytes: moduleOf({ memories: [[3, 1, 1]] }),
    says: /shared|threads|memory/,
  },
  { name: "has a start function", bytes: moduleOf({ types: ["i:i", ":"], start: 0 }), says: /./ },
];

for (const { name, bytes, says } of CASES) {
  test(`a module that ${name} is refused by the estimate, and stored by nobody`, async () => {
    const { call, reader, wallet, receipt } = await sharedDevnet();
    const { account, sendTransaction } = wallet(ACCOUNT);
    const data = toHex(encodeEnvelope(CODE_KINDS.wasm, bytes));
    const { error } = await call("eth_estimateGas", { from: account.address, data });
    assert.equal(error?.code, 3, JSON.stringify(error));
    assert.match(error?.message ?? "", /^execution reverted: ./);
    assert.match(error?.message ?? "", says);

    const nonce = BigInt(await reader.getTransactionCount({ address: account.address }));
    const { status, contractAddress } = await receipt(
      await sendTransaction({ data, gas: 2n ** 25n }),
    );
    assert.equal(status, "reverted");
    const address = getContractAddress({ from: account.address, nonce });
    const left = [await reader.getCode({ address }), await call("del_getContract", address)];
    assert.deepEqual([left[0], (left[1] as { result: unknown }).result], [undefined, null]);
    assert(contractAddress === null || contractAddress === address.toLowerCase());
  });
}

test("any flip of a bit in a module leaves a contract or a reason, and the node alive", async () => {
  const { call, result } = await sharedDevnet();
  const outcomes = new Set<string>();
  for (let bit = 0; bit < good.length * 8; bit += 3) {
    const flipped = good.with(bit >> 3, (good[bit >> 3] ?? 0) ^ (1 << (bit & 7)));
    const data = toHex(encodeEnvelope(CODE_KINDS.wasm, flipped));
    const { error } = await call("eth_estimateGas", { data });
    assert(error === undefined || error.code === 3, `bit ${bit}: ${JSON.stringify(error)}`);
    if (error) assert.match(error.message, /^execution reverted: .{10}/);
    outcomes.add(error ? "reason" : "contract");
  }
  assert.deepEqual([...outcomes].sort(), ["contract", "reason"]);
  assert.equal(await result("eth_chainId"), "0x7a69");
});

const ENDLESS: readonly { readonly name: string; readonly instructions: readonly number[] }[] = [
  { name: "loops for ever", instructions: code(["loop", 0x40], ["br", 0], "end") },
  { name: "calls itself for ever", instructions: code(["local.get", 0], ["call", 0], "drop") },
  {
    name: "grows its memory for ever",
    instructions: code(
      ["loop", 0x40],
      ["i32.const", 1],
      ["memory.grow", 0],
      "drop",
      ["br", 0],
      "end",
    ),
  },
];

for (const { name, instructions } of ENDLESS) {
  test(`a module that ${name} ends by a rule, in a call and in a block`, async () => {
    const { call, wallet, receipt, result } = await sharedDevnet();
    const { sendTransaction } = wallet(ACCOUNT);
    const data: Hex = toHex(encodeEnvelope(CODE_KINDS.wasm, withCode(instructions)));
    const { contractAddress: to, status } = await receipt(await sendTransaction({ data }));
    assert.equal(status, "success");
    const { error } = await call("eth_call", { to, data: "0x01" });
    assert.equal(error?.code, -32000, JSON.stringify(error));
    assert.match(error?.message ?? "", /out of gas|stack/i);
    const gas = 3_000_000n;
    const failed = await receipt(await sendTransaction({ to, data: "0x01", gas }));
    assert.deepEqual([failed.status, failed.gasUsed], ["reverted", gas]);
    assert.equal(await result("eth_chainId"), "0x7a69");
  });
}
