import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import { Unavailable } from "../types/errors.ts";
import { ENGINE_MEMORY_BYTES_MAX, Engine } from "./engine.ts";
import { COUNTER, forwarder } from "./testing/evmCode.ts";
import { ScriptTier, type Step, script } from "./testing/scriptTier.ts";
import { account, BLOCK, FailingView, SENDER, World } from "./testing/world.ts";

const [A, B, W] = [account(0xaa), account(0xbb), account(0x77)];

let world: World;
const call = (...steps: readonly Step[]) => ({ to: A, data: script(...steps) });

const setUp = (): void => {
  world = new World(new ScriptTier());
  world.putContract(W);
  world.putCode(A, forwarder(W));
  world.putCode(B, COUNTER);
};

describe("the machine's trouble is never a contract's result", () => {
  beforeEach(setUp);

  const places: [string, Step[], typeof A][] = [
    ["in EVM code under the transaction", [["add", 1]], A],
    ["in a host frame's own storage", [["add", 1]], W],
    ["two tiers down", [["call", "call", B, "0x"]], B],
    [
      "two tiers down, under a tier that swallows it",
      [
        ["swallow", B],
        ["add", 1],
      ],
      B,
    ],
  ];
  for (const [where, steps, address] of places) {
    test(`a store that fails ${where} ends the block, and the next block runs`, () => {
      world.reads = new FailingView(world.view, (read) => read === address);
      assert.throws(
        () => world.block(call(...steps)),
        (error) => error instanceof Unavailable && /the disk is gone/.test(error.message),
      );
      world.reads = world.view;
      assert.equal(world.send(call(...steps)).status, "success");
    });
  }

  test("an Unavailable of the store reaches the caller as it is", () => {
    const full = new Unavailable("store", "the disk is full");
    world.reads = {
      ...world.view,
      account: () => {
        throw full;
      },
      storage: (address, slot) => world.view.storage(address, slot),
      code: (hash) => world.view.code(hash),
      blockHash: () => undefined,
    };
    assert.throws(
      () => world.block(call()),
      (error) => error === full,
    );
  });

  for (const [what, step] of [
    ["an exception of the tier's own", ["bug"]],
    ["the native stack's end", ["overflow"]],
  ] satisfies [string, Step][]) {
    test(`${what} ends the block and is no halt of the contract`, () => {
      assert.throws(() => world.block(call(["add", 1], step)), Unavailable);
      assert.equal(world.send(call(["add", 1])).status, "success");
    });
  }

  test("code that the state names and does not have is missing, not empty", () => {
    const { view } = world;
    world.reads = {
      account: (address) => view.account(address),
      storage: (address, slot) => view.storage(address, slot),
      code: () => undefined,
      blockHash: () => undefined,
    };
    assert.throws(() => world.block(call()), /code 0x[0-9a-f]{64} is missing/);
  });
});

describe("a block that cannot go on", () => {
  beforeEach(setUp);

  test("what ran before the failure in the same batch is lost with the block", () => {
    world.reads = new FailingView(world.view, (read) => read === B);
    const block = world.executor.openBlock(BLOCK, world.reads);
    const good = world.transaction({ to: W, data: script(["add", 1]) });
    const bad = world.transaction({ to: B, nonce: 1n });
    assert.throws(() => block.execute([good, bad, good]), Unavailable);
    assert.throws(() => block.diff(), Unavailable);
    assert.throws(() => block.account(SENDER), Unavailable);
  });

  test("opening a block drops the one before", () => {
    const first = world.executor.openBlock(BLOCK, world.view);
    world.executor.openBlock(BLOCK, world.view);
    assert.throws(() => first.diff(), /this block was dropped/);
  });

  test("an engine that trapped is spent, and says so", () => {
    const engine = new Engine();
    // Five transactions in an input of no bytes: the reader runs off its end.
    assert.throws(
      () =>
        engine.enter((exports) => {
          exports.input_alloc(1);
          return exports.run(5, 1);
        }),
      (error) => error instanceof Unavailable && /RuntimeError/.test(error.message),
    );
    assert.equal(engine.isSpent, true);
  });

  test("an engine is spent once its memory passed the limit", () => {
    const engine = new Engine();
    assert.equal(engine.isSpent, false);
    engine.enter((exports) => exports.input_alloc(ENGINE_MEMORY_BYTES_MAX));
    assert.equal(engine.isSpent, true);
  });
});
