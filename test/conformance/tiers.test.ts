import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import {
  type Address,
  addressToBytes,
  CODE_KINDS,
  concatBytes,
  encodeEnvelope,
  type Hex,
  type TransactionOutcome,
  tierOf,
  toAddress,
  toHex,
  WasmTier,
} from "@delchain/runtime";
import {
  COUNTER,
  deploying,
  factory,
  forwarder,
  REVERTING_COUNTER,
} from "../../runtime/evm/testing/evmCode.ts";
import { account, World } from "../../runtime/evm/testing/world.ts";
import {
  CONSTRUCTED_PROBE,
  call,
  command,
  decodeReturned,
  delegateCall,
  PROBE,
  staticCall,
  store,
  word,
} from "../../runtime/wasm/testing/probe.ts";

// EVM code and WebAssembly on one journal. A is EVM code that forwards its calldata to W, the probe contract, which
// may call B, EVM code that counts. All of it runs on the real executor and the real tier.
const [A, B] = [account(0xaa), account(0xbb)];
const GAS = 30_000_000n;
let world: World;
let W: Address;

function deploy(module: Uint8Array, constructorInput?: Uint8Array): TransactionOutcome {
  const initCode = encodeEnvelope(CODE_KINDS.wasm, module, constructorInput);
  return world.send({ data: toHex(initCode), gasLimit: GAS });
}

function created(outcome: TransactionOutcome): Address {
  assert.equal(outcome.status, "success");
  return toAddress((outcome.status === "success" && outcome.created) || "");
}

function setUp(): void {
  world = new World(new WasmTier());
  W = created(deploy(PROBE));
  world.putCode(A, forwarder(W));
  world.putCode(B, COUNTER);
}

const send = (to: Address, ...commands: Uint8Array[]): TransactionOutcome =>
  world.send({ to, data: toHex(concatBytes(...commands)), gasLimit: GAS });
const outputOf = (outcome: TransactionOutcome): Uint8Array => {
  assert.ok(
    "output" in outcome,
    JSON.stringify(outcome, (_, v) => String(v)),
  );
  return outcome.output;
};
const slots = (): object => ({ a: world.slot(A, 0), w: world.slot(W, 1), b: world.slot(B, 0) });

describe("EVM to WebAssembly to EVM in one transaction", () => {
  beforeEach(setUp);

  test("all three write, and each sees its own caller", () => {
    const outcome = send(A, store(1, 7), command("sender"), call(B, new Uint8Array()));
    const output = outputOf(outcome);
    assert.deepEqual(slots(), { a: 1, w: 7, b: 1 });
    assert.deepEqual(output.slice(0, 20), addressToBytes(A));
    assert.deepEqual(decodeReturned(output.slice(20)), {
      status: 0,
      output: concatBytes(new Uint8Array(12), addressToBytes(W)),
    });
  });

  test("when B reverts its write is gone, and W has the revert data and goes on", () => {
    world.putCode(B, REVERTING_COUNTER);
    const output = outputOf(send(A, store(1, 7), call(B, new Uint8Array())));
    assert.deepEqual(slots(), { a: 1, w: 7, b: 0 });
    assert.deepEqual(decodeReturned(output), {
      status: 1,
      output: Uint8Array.of(0xde, 0xad, 0xbe, 0xef),
    });
  });

  test("when W reverts or traps after B succeeded both are undone, and A goes on", () => {
    for (const ending of ["revert", "trap"] as const) {
      setUp();
      assert.equal(
        send(A, store(1, 7), call(B, new Uint8Array()), command(ending)).status,
        "success",
      );
      assert.deepEqual({ ...slots(), failed: world.slot(A, 2) }, { a: 1, w: 0, b: 0, failed: 0 });
    }
  });

  test("when A reverts at the end, all is undone", () => {
    world.putCode(A, forwarder(W, "call", "revert"));
    assert.equal(send(A, store(1, 7), call(B, new Uint8Array())).status, "revert");
    assert.deepEqual(slots(), { a: 0, w: 0, b: 0 });
  });

  test("a static call into W may read and may not write, neither itself nor through B", () => {
    world.putCode(A, forwarder(W, "static"));
    assert.equal(send(A, command("load", word(1))).status, "success");
    assert.equal(world.slot(A, 2), 1);
    send(A, store(1, 7));
    assert.equal(world.slot(A, 2), 0);
    const output = outputOf(send(A, call(B, new Uint8Array())));
    assert.notEqual(decodeReturned(output).status, 0);
    assert.deepEqual([world.slot(W, 1), world.slot(B, 0)], [0, 0]);
  });

  test("a delegate call runs W on A's storage, and B on W's", () => {
    world.putCode(A, forwarder(W, "delegate"));
    send(A, store(1, 7));
    assert.deepEqual([world.slot(A, 1), world.slot(W, 1)], [7, 0]);
    send(W, delegateCall(B, new Uint8Array()));
    assert.deepEqual([world.slot(W, 0), world.slot(B, 0)], [1, 0]);
  });

  test("logs of both tiers are in one receipt, in order", () => {
    const outcome = send(
      A,
      command("log", Uint8Array.of(1), word(5), Uint8Array.of(1)),
      call(B, new Uint8Array()),
      command("log", Uint8Array.of(0), Uint8Array.of(2)),
    );
    assert.deepEqual(
      outcome.status === "success" &&
        outcome.logs.map(({ address, data }) => [address, toHex(data)]),
      [
        [W, "0x01"],
        [B, "0x"],
        [W, "0x02"],
      ],
    );
  });
});

describe("WebAssembly to EVM to WebAssembly", () => {
  beforeEach(setUp);

  test("a contract that is entered again knows it, and sees what it has flushed", () => {
    const inner = concatBytes(command("reentrant"), command("load", word(1)));
    const output = outputOf(send(W, store(1, 7), call(A, inner)));
    assert.deepEqual(
      decodeReturned(output).output,
      concatBytes(Uint8Array.of(1, 0, 0, 0), word(7)),
    );
  });

  test("a static call stays static through EVM code", () => {
    const output = outputOf(send(W, staticCall(A, store(1, 7))));
    assert.notEqual(decodeReturned(output).status, 0);
    assert.equal(world.slot(W, 1), 0);
  });

  test("a halt three frames down costs its frame's gas and no more", () => {
    const output = outputOf(send(W, call(A, command("spin")), store(1, 3)));
    assert.equal(decodeReturned(output).status, 0);
    assert.equal(world.slot(W, 1), 3);
  });

  test("value moves with calls in both directions", () => {
    world.send({ to: W, value: 100n, gasLimit: GAS });
    assert.equal(world.view.account(W)?.balance, 100n);
    send(W, call(B, new Uint8Array(), 40n));
    assert.deepEqual([world.view.account(W)?.balance, world.view.account(B)?.balance], [60n, 40n]);
    const tooMuch = outputOf(send(W, call(B, new Uint8Array(), 1_000n)));
    assert.notEqual(decodeReturned(tooMuch).status, 0);
  });
});

describe("creations over the tiers", () => {
  beforeEach(setUp);
  const envelope = (input?: Uint8Array): Uint8Array =>
    encodeEnvelope(CODE_KINDS.wasm, CONSTRUCTED_PROBE, input);
  const codeTier = (address: Address): string => {
    const hash = world.view.account(address)?.codeHash;
    return tierOf((hash && world.view.code(hash)) ?? new Uint8Array());
  };

  test("an EVM factory deploys WebAssembly, whose constructor writes", () => {
    world.putCode(A, factory("create2"));
    const output = outputOf(send(A, envelope(store(1, 9))));
    const address = toAddress(toHex(output.slice(12)));
    assert.equal(codeTier(address), "wasm");
    assert.equal(world.slot(address, 1), 9);
  });

  test("a WebAssembly factory deploys EVM code and WebAssembly", () => {
    const initCode: Hex = deploying(COUNTER);
    const evm = outputOf(
      send(W, command("create", word(0), Buffer.from(initCode.slice(2), "hex"))),
    );
    const counter = toAddress(toHex(evm.slice(0, 20)));
    assert.equal(codeTier(counter), "evm");
    send(W, call(counter, new Uint8Array()));
    assert.equal(world.slot(counter, 0), 1);
    const wasm = outputOf(send(W, command("create2", word(0), word(42), envelope(store(1, 4)))));
    const probe = toAddress(toHex(wasm.slice(0, 20)));
    assert.deepEqual([codeTier(probe), world.slot(probe, 1)], ["wasm", 4]);
  });

  test("a constructor that reverts, and a module that is refused, leave no contract and say why", () => {
    const reverted = outputOf(send(W, command("create", word(0), envelope(command("revert")))));
    assert.deepEqual(reverted.slice(0, 20), new Uint8Array(20));
    const bad = encodeEnvelope(CODE_KINDS.wasm, PROBE.slice(0, 100));
    const refused = outputOf(send(W, command("create", word(0), bad)));
    assert.deepEqual(refused.slice(0, 20), new Uint8Array(20));
    const { output } = decodeReturned(refused.slice(20));
    assert.match(new TextDecoder().decode(output), /the module is malformed at byte/);
  });
});

describe("gas over the tiers", () => {
  beforeEach(setUp);

  test("is the same each time, in one executor and in another", () => {
    const run = (): readonly bigint[] => {
      setUp();
      const outcomes = [
        deploy(CONSTRUCTED_PROBE, store(1, 2)),
        send(A, store(1, 7), call(B, new Uint8Array())),
        send(W, call(A, concatBytes(store(1, 8), command("revert")))),
        send(W, command("create", word(0), PROBE), call(A, command("trap"))),
      ];
      return outcomes.map((outcome) => ("gasUsed" in outcome ? outcome.gasUsed : 0n));
    };
    const first = run();
    assert.ok(first.every((gas) => gas > 21_000n));
    for (let i = 0; i < 3; i++) assert.deepEqual(run(), first);
  });

  test("recursion through both tiers ends by rule, and the transaction goes on", () => {
    world.putCode(A, forwarder(W));
    // Each level's calldata calls A with the next level's.
    let nest: Uint8Array = command("number");
    for (let i = 0; i < 80; i++) nest = call(A, nest);
    const outcome = send(W, nest, store(1, 1));
    assert.equal(outcome.status, "success");
    assert.equal(world.slot(W, 1), 1);
  });
});
