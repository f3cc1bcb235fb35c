import assert from "node:assert/strict";
import { test } from "node:test";
import { hashDiff } from "../state/diff.ts";
import type { MemoryView } from "../state/memoryView.ts";
import { contractAddress } from "../types/address.ts";
import { fromHex, type Hex, toHex } from "../types/bytes.ts";
import { EMPTY_CODE_HASH, EMPTY_ROOT, keccak256 } from "../types/hash.ts";
import { BATCH_BYTES_MAX, BATCH_TRANSACTIONS_MAX } from "./runBatches.ts";
import { COUNTER, deploying } from "./testing/evmCode.ts";
import { account, BLOCK, PRODUCER, SENDER, slot, World } from "./testing/world.ts";

const [A, B, SYSTEM] = [account(0xaa), account(0xbb), account(0x5e)];
// Calldata's first word to slot 0: PUSH0, CALLDATALOAD, PUSH0, SSTORE, STOP.
const SETTER: Hex = "0x5f355f5500";
const word = (value: number): Hex => slot(value);

function openBlock(world: World): ReturnType<World["executor"]["openBlock"]> {
  return world.executor.openBlock(BLOCK, world.view);
}

test("an open block reads what was written since it began, and the state below", () => {
  const world = new World();
  world.putCode(A, SETTER, 3n);
  const block = openBlock(world);
  block.execute([
    world.transaction({ to: A, data: word(7), value: 2n }),
    world.transaction({ nonce: 1n, data: deploying("0x5a") }),
  ]);
  assert.equal(block.storage(A, slot(0)), slot(7));
  assert.equal(block.storage(A, slot(1)), slot(0));
  assert.deepEqual(block.account(A), {
    nonce: 1n,
    balance: 5n,
    codeHash: keccak256(fromHex(SETTER)),
    storageRoot: EMPTY_ROOT,
  });
  assert.equal(block.account(B), undefined);
  assert.deepEqual(block.code(keccak256(fromHex(SETTER))), fromHex(SETTER));
  assert.deepEqual(block.code(keccak256(Uint8Array.of(0x5a))), Uint8Array.of(0x5a));
  assert.equal(block.code(slot(1)), undefined);
  assert.equal(world.view.storage(A, slot(0)), slot(0));
});

test("code of a block that was dropped is not in the next one", () => {
  const world = new World();
  const hash = keccak256(Uint8Array.of(0x5a));
  const dropped = openBlock(world);
  dropped.execute([world.transaction({ data: deploying("0x5a") })]);
  assert.deepEqual(dropped.code(hash), Uint8Array.of(0x5a));
  const next = openBlock(world);
  assert.equal(next.code(hash), undefined);
  next.execute([world.transaction({ data: deploying("0x5a") })]);
  assert.deepEqual(next.code(hash), Uint8Array.of(0x5a));
});

test("the protocol writes between transactions, and the next transaction sees it", () => {
  const world = new World();
  world.putCode(A, COUNTER);
  const block = openBlock(world);
  block.execute([world.transaction({ to: A })]);
  block.write({ address: A, slots: [{ slot: slot(0), value: slot(41) }] });
  block.write({ address: SYSTEM, nonce: 1n, slots: [{ slot: slot(1), value: slot(2) }] });
  block.write({ address: B, balance: 5n });
  block.execute([world.transaction({ to: A, nonce: 1n })]);
  assert.equal(block.storage(A, slot(0)), slot(42));
  const { accounts } = block.diff();
  assert.deepEqual(
    accounts.map(({ address, nonce, slots }) => ({ address, nonce, slots })),
    [
      { address: SENDER, nonce: 2n, slots: [] },
      { address: SYSTEM, nonce: 1n, slots: [{ slot: slot(1), value: slot(2) }] },
      { address: PRODUCER, nonce: 0n, slots: [] },
      { address: A, nonce: 1n, slots: [{ slot: slot(0), value: slot(42) }] },
      { address: B, nonce: 0n, slots: [] },
    ],
  );
});

test("a write leaves out what it does not name", () => {
  const world = new World();
  world.view.set(B, { nonce: 3n, balance: 9n });
  const block = openBlock(world);
  block.write({ address: B, balance: 10n });
  assert.equal(block.account(B)?.nonce, 3n);
  block.write({ address: B, nonce: 4n });
  assert.deepEqual(block.account(B), {
    nonce: 4n,
    balance: 10n,
    codeHash: EMPTY_CODE_HASH,
    storageRoot: EMPTY_ROOT,
  });
});

test("an account that a write empties is deleted, and storage is not written to one that is empty", () => {
  const world = new World();
  world.view.set(B, { balance: 9n });
  const block = openBlock(world);
  block.write({ address: B, balance: 0n });
  assert.equal(block.account(B), undefined);
  assert.deepEqual(
    block.diff().accounts.map(({ address, exists }) => ({ address, exists })),
    [{ address: B, exists: false }],
  );
  assert.throws(
    () => block.write({ address: SYSTEM, slots: [{ slot: slot(1), value: slot(2) }] }),
    /has a nonce before the protocol writes its storage/,
  );
});

test("a write that does not fit is a bug of ours", () => {
  const block = openBlock(new World());
  assert.throws(() => block.write({ address: B, balance: 1n << 256n }), /has 256 bits/);
  assert.throws(() => block.write({ address: B, nonce: -1n }), /has 64 bits/);
});

test("the diff holds what differs in the end, and nothing that came back to what it was", () => {
  const world = new World();
  world.putCode(A, SETTER);
  const block = openBlock(world);
  const before = block.diff();
  block.write({ address: A, slots: [{ slot: slot(0), value: slot(1) }] });
  block.write({ address: A, slots: [{ slot: slot(0), value: slot(0) }] });
  block.write({ address: B, balance: 1n });
  block.write({ address: B, balance: 0n });
  assert.deepEqual(block.diff(), before);
  assert.deepEqual(before, { accounts: [], codes: [] });
});

test("the diff is the same whatever was read on the way", () => {
  const code = keccak256(Uint8Array.of(0x5a));
  const run = (prepare: (view: MemoryView) => void, reads: boolean) => {
    const world = new World();
    prepare(world.view);
    const block = openBlock(world);
    if (reads) {
      block.execute([world.transaction({ to: B, gasLimit: 1n }), world.transaction({ to: B })]);
      block.code(code);
      block.storage(B, slot(3));
      block.write({ address: SENDER, nonce: 0n, balance: 10n ** 24n });
      block.write({ address: PRODUCER, balance: 0n });
    }
    block.execute([world.transaction({ data: deploying("0x5a") })]);
    return block.diff();
  };
  const putB = (view: MemoryView) => view.set(B, { nonce: 1n, code: Uint8Array.of(0x5a) });
  // B has the same code: a second contract of known code brings it again, read or not.
  const diff = run(putB, false);
  assert.equal(diff.codes.length, 1);
  assert.equal(hashDiff(run(putB, true)), hashDiff(diff));
  assert.equal(hashDiff(run(() => {}, false)), hashDiff(diff));
});

test("a contract that dies in its own transaction leaves no trace, and can be made again in the block", () => {
  const world = new World();
  // Runs init code that self-destructs to its caller: CALLER, SELFDESTRUCT. CREATE2 with salt 42 of calldata.
  world.putCode(A, "0x365f5f37602a365f5ff55f5260205ff3");
  const { outcomes, diff } = world.block(
    { to: A, data: "0x33ff" },
    { to: A, data: "0x33ff" },
    { to: A, data: deploying("0x5a") },
  );
  const addresses = outcomes.map((outcome) => "output" in outcome && toHex(outcome.output));
  assert.equal(addresses[0], addresses[1]);
  assert.notEqual(addresses[0], slot(0));
  assert.deepEqual(
    diff.accounts.map(({ address }) => address).filter((address) => address > PRODUCER),
    [A, `0x${String(addresses[2]).slice(26)}`].sort(),
  );
});

test("a contract that dies in a later transaction keeps code and storage (EIP-6780)", () => {
  const world = new World();
  const created = contractAddress(SENDER, 0n);
  const { diff } = world.block({ data: deploying("0x33ff"), value: 5n }, { to: created });
  const change = diff.accounts.find(({ address }) => address === created);
  assert.equal(change?.balance, 0n);
  assert.equal(change?.codeHash, keccak256(fromHex("0x33ff")));
});

test("transactions in more batches than one stand in order", () => {
  const world = new World();
  world.putCode(A, COUNTER);
  const count = BATCH_TRANSACTIONS_MAX + 5;
  const { outcomes } = world.block(...Array.from({ length: count }, () => ({ to: A })));
  assert.equal(outcomes.length, count);
  assert.ok(outcomes.every(({ status }) => status === "success"));
  assert.equal(world.slot(A, 0), count);
});

test("a batch ends at its limit of bytes, and one larger transaction runs alone", () => {
  const world = new World();
  const data: Hex = `0x${"00".repeat(BATCH_BYTES_MAX / 2)}`;
  const { outcomes } = world.block(...[0, 1, 2].map(() => ({ to: A, gasLimit: 2n ** 26n, data })), {
    to: A,
    gasLimit: 2n ** 26n,
    data: `0x${data.slice(2).repeat(3)}`,
  });
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ["success", "success", "success", "success"],
  );
});

test("outcomes of many megabytes arrive whole", () => {
  const world = new World();
  // Returns 4 MiB of zeros.
  world.putCode(A, "0x624000005ff3");
  const { outcomes } = world.block(
    ...Array.from({ length: 6 }, () => ({ to: A, gasLimit: 2n ** 26n })),
  );
  assert.deepEqual(
    outcomes.map((outcome) => "output" in outcome && outcome.output.length),
    Array(6).fill(4 * 1024 * 1024),
  );
});

test("what no block may hold is invalid and changes nothing", () => {
  const world = new World();
  const { outcomes, diff } = world.block(
    { to: A, nonce: 5n },
    { to: A, nonce: 0n, gasLimit: 20_999n },
    { to: A, nonce: 0n, gasLimit: 2n ** 26n + 1n },
    { to: A, nonce: 0n, maxFeePerGas: 6n },
    { to: A, nonce: 0n, value: 10n ** 25n },
    { to: A, nonce: 0n, value: 1n << 256n },
    { to: A, nonce: 0n, maxFeePerGas: 1n << 128n },
    { to: A, nonce: 1n << 64n },
    { to: A, nonce: 0n, gasLimit: 1n << 64n },
    { to: A, nonce: 0n, sender: B },
  );
  assert.deepEqual(
    outcomes.map((outcome) => outcome.status === "invalid" && outcome.reason),
    [
      "nonce 5 too high, expected 0",
      "call gas cost (21000) exceeds the gas limit (20999)",
      "transaction gas limit (67108865) is greater than the cap (67108864)",
      "gas price is less than basefee",
      "lack of funds (1000000000000000000000000) for max fee (10000000000000000050000000)",
      `value ${1n << 256n} is not of 256 bits`,
      `gas price ${1n << 128n} is not of 128 bits`,
      `nonce ${1n << 64n} is not of 64 bits`,
      `gas limit ${1n << 64n} is not of 64 bits`,
      "lack of funds (0) for max fee (50000000)",
    ],
  );
  assert.deepEqual(diff, { accounts: [], codes: [] });
});

test("a contract reads the block that it runs in", () => {
  const world = new World();
  // CHAINID, NUMBER, TIMESTAMP, GASLIMIT, BASEFEE, COINBASE, PREVRANDAO, BLOCKHASH(9), BLOCKHASH(3)
  const reads = ["46", "43", "42", "45", "48", "41", "44", "600940", "600340"];
  const code = reads.map(
    (read, index) => `${read}61${(index * 32).toString(16).padStart(4, "0")}52`,
  );
  world.putCode(A, `0x${code.join("")}6101205ff3`);
  world.view.blockHashes.set(9n, slot(0x99));
  const outcome = world.send({ to: A });
  const words = "output" in outcome ? toHex(outcome.output).slice(2).match(/.{64}/g) : [];
  assert.deepEqual(
    words?.map((text) => BigInt(`0x${text}`)),
    [
      BLOCK.chainId,
      BLOCK.number,
      BLOCK.timestamp,
      BLOCK.gasLimit,
      BLOCK.baseFee,
      BigInt(PRODUCER),
      BigInt(BLOCK.randomness),
      0x99n,
      0n,
    ],
  );
});
