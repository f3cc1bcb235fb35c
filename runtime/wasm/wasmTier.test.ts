import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import type { Frame, FrameResult } from "../host/api.ts";
import { CONSOLE_TEXT_BYTES } from "../host/console.ts";
import { GasMeter, OutOfGas } from "../host/meter.ts";
import { PRICES } from "../host/prices.ts";
import { concatBytes, fromHex } from "../types/bytes.ts";
import { InvalidInput, Unavailable } from "../types/errors.ts";
import { keccak256 } from "../types/hash.ts";
import { HOOK_PRICES } from "./hookPrices.ts";
import { TRANSACTION_PAGES } from "./limits.ts";
import { account, CALLER, MapChain, MapHost } from "./testing/mapHost.ts";
import {
  buildModule,
  code,
  EMPTY_CONTRACT,
  type ModuleSketch,
  sleb,
} from "./testing/moduleBuilder.ts";
import {
  CONSTRUCTED_PROBE,
  call,
  command,
  decodeReturned,
  deepCall,
  PROBE,
  store,
  u32,
  word,
} from "./testing/probe.ts";
import { WasmTier } from "./wasmTier.ts";
import { pagesInk, WEIGHTS } from "./weights.ts";

const [A, B] = [account(0xaa), account(0xbb)];
let tier: WasmTier;
let chain: MapChain;

function reset(): void {
  tier = new WasmTier();
  chain = new MapChain(tier);
  chain.contracts.set(A, PROBE);
  chain.contracts.set(B, PROBE);
}

const send = (...commands: Uint8Array[]): FrameResult =>
  chain.send(A, concatBytes(...commands)).result;
const reasonOf = (result: FrameResult): string =>
  result.status === "halt" ? result.reason : result.status;

function hostFor(input: Uint8Array, gas = 20_000_000): MapHost {
  const frame: Frame = {
    target: A,
    caller: CALLER,
    codeAddress: A,
    value: 0n,
    input,
    isStatic: false,
    depth: 0,
    isCreate: true,
  };
  return new MapHost(chain, frame, new GasMeter(gas));
}

describe("a call of a WebAssembly contract", () => {
  beforeEach(reset);

  test("succeeds or reverts by the status of its entry point, with what it wrote", () => {
    assert.deepEqual(send(command("number")), {
      status: "success",
      output: Uint8Array.of(12, 0, 0, 0, 0, 0, 0, 0),
    });
    assert.deepEqual(send(command("number"), command("revert")), {
      status: "revert",
      output: Uint8Array.of(12, 0, 0, 0, 0, 0, 0, 0),
    });
  });

  test("that leaves early gives what it had written until then", () => {
    const early = (status: number): FrameResult =>
      send(
        store(1, 1),
        command("number"),
        command("writeOutput"),
        command("exit", Uint8Array.of(status)),
        command("trap"),
      );
    assert.equal(early(0).status, "success");
    assert.equal(chain.slot(A, 1), 1);
    const reverted = early(3);
    assert.equal(reverted.status, "revert");
    assert.deepEqual(reverted.status === "revert" && reverted.output.length, 8);
  });

  test("uses the same gas each time, compiled or not", () => {
    const gas = (): number =>
      chain.send(A, concatBytes(store(1, 9), command("load", word(1)))).gasUsed;
    const first = gas();
    for (let i = 0; i < 5; i++) assert.equal(gas(), first);
    reset();
    assert.equal(gas(), first);
  });

  test("pays for its frame, its module and its first pages before it runs", () => {
    const words = Math.ceil(PROBE.length / 32);
    const pages = pagesInk(WEIGHTS, 0, 3) / 10_000;
    const entry = HOOK_PRICES.frame + HOOK_PRICES.moduleWord * words + pages;
    assert.equal(reasonOf(chain.send(A, new Uint8Array(), { gas: entry - 1 }).result), "OutOfGas");
    const { gasUsed, result } = chain.send(A, new Uint8Array());
    assert.equal(result.status, "success");
    assert.ok(gasUsed > entry && gasUsed < entry + 300, `${gasUsed}`);
  });

  test("that uses up its gas halts, wherever it does", () => {
    assert.equal(reasonOf(send(command("spin"))), "OutOfGas");
    assert.equal(reasonOf(send(command("grow", u32(1)), command("spin"))), "OutOfGas");
    const { gasUsed } = chain.send(A, store(1, 1));
    for (let gas = 1; gas < gasUsed; gas += 997) {
      assert.equal(reasonOf(chain.send(A, store(1, 1), { gas }).result), "OutOfGas");
    }
  });

  test("that traps halts and leaves nothing", () => {
    assert.match(reasonOf(send(store(1, 1), command("trap"))), /^Trap/);
    assert.match(reasonOf(send(command("divideHundred", u32(0)))), /^Trap/);
    assert.equal(chain.slot(A, 1), 0);
  });

  test("starts fresh: what the last call left in memory is gone", () => {
    const first = send(command("grow", u32(2)));
    assert.deepEqual(send(command("grow", u32(2))), first);
  });

  test("is one of another tier's bug when the payload is no module: nothing else is caught", () => {
    assert.throws(
      () =>
        tier.call(keccak256(Uint8Array.of(1)), () => Uint8Array.of(1), hostFor(Uint8Array.of())),
      InvalidInput,
    );
  });
});

describe("what nested frames of a transaction share", () => {
  beforeEach(reset);

  test("a stack: four frames may hold nearly all of their own, the fifth has what is left", () => {
    const levels = (depth: number): number => {
      let nest: Uint8Array = command("number");
      for (let i = 0; i < 6; i++) nest = deepCall(depth, A, nest);
      const { result } = chain.send(A, nest, { gas: 2 ** 30 });
      let inner = result.status === "success" ? result.output : new Uint8Array();
      let count = 0;
      for (; decodeReturned(inner).status === 0; count++) inner = decodeReturned(inner).output;
      return count;
    };
    assert.equal(reasonOf(send(deepCall(2_000, A, command("number")))), "StackOverflow");
    // The outermost and three below it.
    assert.equal(levels(1_000), 3);
    assert.ok(levels(500) >= 6);
  });

  test("pages: what is open below counts, for the price and for the limit", () => {
    const grow = (pages: number, then?: Uint8Array): Uint8Array =>
      concatBytes(command("grow", u32(pages)), ...(then ? [call(B, then)] : []));
    let nest = grow(100);
    for (let i = 0; i < 9; i++) nest = grow(100, nest);
    // Ten frames of 103 pages: the tenth cannot grow.
    const { result } = chain.send(A, nest, { gas: 2 ** 30 });
    let inner = result.status === "success" ? result.output : new Uint8Array();
    const sizes: number[] = [];
    for (let i = 0; i < 10; i++) {
      sizes.push(new DataView(inner.buffer, inner.byteOffset).getInt32(0, true));
      inner = i < 9 ? decodeReturned(inner.slice(4)).output : inner;
    }
    assert.deepEqual(sizes, [3, 3, 3, 3, 3, 3, 3, 3, 3, -1]);
    assert.equal(TRANSACTION_PAGES, 1_024);
  });

  test("pages: a frame that would begin beyond the limit halts", () => {
    let nest = command("grow", u32(125));
    for (let i = 0; i < 8; i++) nest = concatBytes(command("grow", u32(125)), call(B, nest));
    const { result } = chain.send(A, nest, { gas: 2 ** 30 });
    let inner = result.status === "success" ? result.output : new Uint8Array();
    const statuses: number[] = [];
    for (let i = 0; i < 8; i++) {
      const { status, output } = decodeReturned(inner.slice(4));
      statuses.push(status);
      inner = output;
    }
    assert.deepEqual(statuses, [0, 0, 0, 0, 0, 0, 0, 2]);
    assert.equal(send(command("grow", u32(1))).status, "success");
  });
});

describe("deploying a WebAssembly contract", () => {
  beforeEach(reset);

  test("charges for the work first, and gives back the payload", () => {
    const host = hostFor(new Uint8Array());
    assert.equal(tier.prepare(PROBE, host), PROBE);
    assert.equal(20_000_000 - host.meter.gas, PRICES.instrumentByte * PROBE.length);
    assert.throws(() => tier.prepare(PROBE, hostFor(new Uint8Array(), 100)), OutOfGas);
  });

  test("refuses a bad module with its reason", () => {
    assert.throws(() => tier.prepare(fromHex("0x0061736d02000000"), hostFor(new Uint8Array())), {
      name: "InvalidInput",
      message: "the module is malformed at byte 5: this is no WebAssembly of version 1",
    });
  });
});

describe("a devnet's console", () => {
  beforeEach(reset);

  test("is there on a devnet only", () => {
    const printed: string[] = [];
    const sketch: ModuleSketch = {
      ...EMPTY_CONTRACT,
      types: ["i:i", "i:"],
      imports: [
        { module: "console", name: "log_i32", what: [0, 1] },
        { module: "console", name: "tee_i32", what: [0, 0] },
      ],
      functions: [
        { type: 0, code: code(["i32.const", 5], ["call", 1], ["call", 0], ["i32.const", 0]) },
      ],
      exports: [
        { name: "memory", kind: 2, index: 0 },
        { name: "user_entrypoint", kind: 0, index: 2 },
      ],
    };
    const module = buildModule(sketch);
    assert.throws(() => tier.prepare(module, hostFor(new Uint8Array())), InvalidInput);
    const devnet = new WasmTier({ print: (_contract, text) => printed.push(text) });
    const result = devnet.call(keccak256(module), () => module, hostFor(new Uint8Array()));
    assert.equal(result.status, "success");
    assert.deepEqual(printed, ["5", "5"]);
  });

  test("prints no text beyond its limit", () => {
    const printing = (length: number): Uint8Array =>
      buildModule({
        ...EMPTY_CONTRACT,
        types: ["i:i", "ii:"],
        imports: [{ module: "console", name: "log_txt", what: [0, 1] }],
        memories: [[0, 1]],
        functions: [
          {
            type: 0,
            code: code(
              ["i32.const", 0],
              ["i32.const", ...sleb(length)],
              ["call", 0],
              ["i32.const", 0],
            ),
          },
        ],
        exports: [
          { name: "memory", kind: 2, index: 0 },
          { name: "user_entrypoint", kind: 0, index: 1 },
        ],
        data: [[0, ...code(["i32.const", 0]), 0x0b, 2, 0x68, 0x69]],
      });
    const printed: string[] = [];
    const devnet = new WasmTier({ print: (_contract, text) => printed.push(text) });
    const run = (length: number): FrameResult => {
      const module = printing(length);
      return devnet.call(keccak256(module), () => module, hostFor(new Uint8Array()));
    };
    assert.equal(run(2).status, "success");
    assert.deepEqual(printed, ["hi"]);
    assert.equal(run(CONSOLE_TEXT_BYTES).status, "success");
    assert.match(reasonOf(run(CONSOLE_TEXT_BYTES + 1)), /^GuestFault/);
  });
});

describe("constructing a WebAssembly contract", () => {
  beforeEach(reset);

  const construct = (module: Uint8Array, input: Uint8Array): FrameResult => {
    const host = hostFor(input);
    const payload = tier.prepare(module, host);
    return tier.construct(payload, keccak256(payload), host);
  };

  test("runs user_constructor with the appended calldata", () => {
    assert.equal(construct(CONSTRUCTED_PROBE, store(1, 3)).status, "success");
    assert.equal(chain.slot(A, 1), 3);
    assert.equal(construct(CONSTRUCTED_PROBE, command("revert")).status, "revert");
  });

  test("without user_constructor and without calldata runs nothing", () => {
    assert.deepEqual(construct(PROBE, new Uint8Array()), {
      status: "success",
      output: new Uint8Array(),
    });
  });

  test("without user_constructor calls stylus-sdk's constructor with the arguments", () => {
    // A contract that returns its calldata.
    const echo = buildModule({
      ...EMPTY_CONTRACT,
      types: ["i:i", "i:", "ii:"],
      imports: [
        { module: "vm_hooks", name: "read_args", what: [0, 1] },
        { module: "vm_hooks", name: "write_result", what: [0, 2] },
      ],
      memories: [[0, 1]],
      functions: [
        {
          type: 0,
          code: code(
            ["i32.const", 0],
            ["call", 0],
            ["i32.const", 0],
            ["local.get", 0],
            ["call", 1],
            ["i32.const", 0],
          ),
        },
      ],
      exports: [
        { name: "memory", kind: 2, index: 0 },
        { name: "user_entrypoint", kind: 0, index: 2 },
      ],
    });
    const selector = fromHex("0x5585258d");
    const output = concatBytes(selector, word(7));
    assert.deepEqual(construct(echo, word(7)), { status: "success", output });
    assert.deepEqual(construct(echo, output), { status: "success", output });
    assert.deepEqual(construct(echo, selector), { status: "success", output: selector });
  });
});

test("the machine's trouble in a nested frame passes through the guest unchanged", () => {
  reset();
  const broken = hostFor(command("load", word(1)));
  broken.loadStorage = () => {
    throw new Unavailable("store", "the disk is gone");
  };
  assert.throws(() => tier.call(keccak256(PROBE), () => PROBE, broken), Unavailable);
  assert.equal(send(command("number")).status, "success");
});
