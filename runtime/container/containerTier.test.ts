import assert from "node:assert/strict";
import { test } from "node:test";
import type { HostApi, NestedCall } from "../host/api.ts";
import { GasMeter } from "../host/meter.ts";
import { PRICES } from "../host/prices.ts";
import { toAddress } from "../types/address.ts";
import { EMPTY_BYTES, toHex } from "../types/bytes.ts";
import { InvalidInput } from "../types/errors.ts";
import { type Hash, hashFromBytes, keccak256, ZERO_HASH } from "../types/hash.ts";
import { CONSTRUCTOR_BYTES_MAX, loadConstructor } from "./constructorCall.ts";
import { ContainerTier } from "./containerTier.ts";
import { encodeManifest, type Manifest } from "./manifest.ts";

const tier = new ContainerTier();
const CONTRACT = toAddress(`0x${"c0".repeat(20)}`);
const OTHER = toAddress(`0x${"0e".repeat(20)}`);

function payload(payable: boolean, abi?: readonly unknown[]): Uint8Array {
  const manifest: Manifest = {
    name: "shop",
    image: `sha256:${"00".repeat(32)}`,
    platform: "wasi/wasm",
    entrypoint: ["/shop.wasm"],
    resources: "small",
    ...(abi && { abi }),
    payable,
    isolation: "process",
    determinism: "standard",
    attestation: "identical",
  };
  return encodeManifest(manifest);
}

/** The tier reads frame and meter only. */
function host(input: Uint8Array, target = CONTRACT): HostApi {
  const frame = { target, codeAddress: CONTRACT, input, caller: OTHER, value: 1n };
  return { frame, meter: new GasMeter(1_000_000) } as unknown as HostApi;
}

function called(input: Uint8Array, payable: boolean, target = CONTRACT): unknown {
  const bytes = payload(payable);
  return tier.call(keccak256(bytes), () => bytes, host(input, target));
}

// From `cast sig "AsynchronousContract(address)"`.
const REVERT = {
  status: "revert",
  output: `0x5aefc498${"00".repeat(12)}${"c0".repeat(20)}`,
};

test("a synchronous call to a container reverts with AsynchronousContract and its address", () => {
  const { output, ...rest } = called(Uint8Array.of(1), true) as { output: Uint8Array };
  assert.deepEqual({ ...rest, output: toHex(output) }, REVERT);
});

test("plain value is taken by a payable container alone, and by no delegate call", () => {
  assert.deepEqual(called(EMPTY_BYTES, true), { status: "success", output: EMPTY_BYTES });
  for (const refused of [called(EMPTY_BYTES, false), called(EMPTY_BYTES, true, OTHER)]) {
    const { output, ...rest } = refused as { output: Uint8Array };
    assert.deepEqual({ ...rest, output: toHex(output) }, REVERT);
  }
});

test("a deployment stores the manifest as it is, for gas", () => {
  const bytes = payload(false);
  const deploying = host(EMPTY_BYTES);
  assert.deepEqual(tier.prepare(bytes, deploying), bytes);
  assert.equal(deploying.meter.gas, 1_000_000 - PRICES.instrumentByte * bytes.length);
});

const CONSTRUCTOR = { type: "constructor", inputs: [], stateMutability: "nonpayable" };
const PAYABLE = { ...CONSTRUCTOR, stateMutability: "payable" };

/** What a creation leaves pending; `undefined` when it leaves no slot at all. */
function created(abi: readonly unknown[] | undefined, input: Uint8Array, value = 0n): unknown {
  const bytes = payload(false, abi);
  const slots = new Map<Hash, Hash>();
  const frame = { target: CONTRACT, codeAddress: CONTRACT, input, caller: OTHER, value };
  const meter = new GasMeter(1_000_000);
  const storeStorage = (slot: Uint8Array, word: Uint8Array): void =>
    void slots.set(hashFromBytes(slot), hashFromBytes(word));
  const creating = { frame, meter, storeStorage } as unknown as HostApi;
  const result = tier.construct(bytes, keccak256(bytes), creating);
  assert.deepEqual(result, { status: "success", output: EMPTY_BYTES });
  const load = (slot: Hash): Hash => slots.get(slot) ?? ZERO_HASH;
  return slots.size === 0 ? undefined : loadConstructor({ load, store: () => assert.fail() });
}

test("a creation keeps the constructor's arguments, deployer and value for the first call", () => {
  const input = new Uint8Array(96).fill(7);
  const pending = (value: bigint, given: Uint8Array = input): unknown => ({
    deployer: OTHER,
    value,
    arguments: given,
  });
  assert.deepEqual(
    [
      created([CONSTRUCTOR], input),
      created([PAYABLE], input, 5n),
      created([CONSTRUCTOR], EMPTY_BYTES),
      // Without an ABI nobody but the deployer knows.
      created(undefined, input, 5n),
      created(undefined, EMPTY_BYTES, 5n),
      created([], EMPTY_BYTES),
    ],
    [pending(0n), pending(5n), pending(0n, EMPTY_BYTES), pending(5n), undefined, undefined],
  );
});

test("arguments or value that no constructor takes revert the creation, as do more than fit", () => {
  const refused: readonly (readonly [unknown[], Uint8Array, bigint, RegExp])[] = [
    [[], Uint8Array.of(1, 2), 0n, /ABI has no constructor, and .* followed by 2 bytes/],
    [[CONSTRUCTOR], EMPTY_BYTES, 5n, /takes no value, and was sent 5 wei/],
    [
      [CONSTRUCTOR],
      new Uint8Array(CONSTRUCTOR_BYTES_MAX + 1),
      0n,
      /are 65485 bytes; the limit is 65484/,
    ],
  ];
  for (const [abi, input, value, message] of refused) {
    assert.throws(
      () => created(abi, input, value),
      (error) => error instanceof InvalidInput && message.test(error.message),
    );
  }
});

test("what is no manifest is not prepared", () => {
  assert.throws(() => tier.prepare(Uint8Array.of(0x7b), host(EMPTY_BYTES)), InvalidInput);
});

const REGISTRY = toAddress(`0x${"dc".repeat(20)}`);

test("a new container declares what its manifest asks for in its own name, or all do", () => {
  const calls: NestedCall[] = [];
  const declare = (manifest: Uint8Array, takesAll: boolean, status: "success" | "revert") => {
    const creating = {
      ...host(EMPTY_BYTES),
      call: (call: NestedCall) => {
        calls.push(call);
        return { status, output: Uint8Array.of(1, 2, 3, 4), created: undefined };
      },
    };
    const registry = { address: REGISTRY, takesAll };
    return new ContainerTier(registry).construct(manifest, ZERO_HASH, creating);
  };
  const plain = JSON.parse(new TextDecoder().decode(payload(false))) as Manifest;
  const asking = encodeManifest({
    ...plain,
    hosting: { replicas: 3, priceCap: "7", deposit: "9" },
  });
  assert.equal(declare(payload(false), false, "success").status, "success");
  assert.equal(calls.length, 0);
  declare(payload(false), true, "success");
  declare(asking, false, "success");
  assert.deepEqual(
    calls.map(({ kind, to, value }) => ({ kind, to, value })),
    Array(2).fill({ kind: "call", to: REGISTRY, value: 0n }),
  );
  // `cast calldata "declare((address,uint8,uint16,uint32,bool,bool,bool,uint128,uint128),address[])"` of nobody.
  const words = [0, 0, 3, 0, 0, 0, 0, 7, 9, 320, 0].map((one) =>
    one.toString(16).padStart(64, "0"),
  );
  assert.equal(toHex(calls[1]?.input ?? EMPTY_BYTES).slice(10), words.join(""));
  assert.throws(
    () => declare(asking, false, "revert"),
    /refused what the manifest asks for: revert 0x01020304/,
  );
});
