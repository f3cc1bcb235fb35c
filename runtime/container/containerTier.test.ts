import assert from "node:assert/strict";
import { test } from "node:test";
import type { HostApi } from "../host/api.ts";
import { GasMeter } from "../host/meter.ts";
import { PRICES } from "../host/prices.ts";
import { toAddress } from "../types/address.ts";
import { EMPTY_BYTES, toHex } from "../types/bytes.ts";
import { InvalidInput } from "../types/errors.ts";
import { keccak256 } from "../types/hash.ts";
import { ContainerTier } from "./containerTier.ts";
import { encodeManifest, type Manifest } from "./manifest.ts";

const tier = new ContainerTier();
const CONTRACT = toAddress(`0x${"c0".repeat(20)}`);
const OTHER = toAddress(`0x${"0e".repeat(20)}`);

function payload(payable: boolean): Uint8Array {
  const manifest: Manifest = {
    name: "shop",
    image: `sha256:${"00".repeat(32)}`,
    platform: "wasi/wasm",
    entrypoint: ["/shop.wasm"],
    resources: "small",
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

test("a deployment stores the manifest as it is, for gas, and takes no constructor calldata", () => {
  const bytes = payload(false);
  const deploying = host(EMPTY_BYTES);
  assert.deepEqual(tier.prepare(bytes, deploying), bytes);
  assert.equal(deploying.meter.gas, 1_000_000 - PRICES.instrumentByte * bytes.length);
  assert.deepEqual(tier.construct(bytes, keccak256(bytes), deploying), {
    status: "success",
    output: EMPTY_BYTES,
  });
  assert.throws(
    () => tier.construct(bytes, keccak256(bytes), host(Uint8Array.of(1, 2))),
    (error) => error instanceof InvalidInput && /followed by 2 bytes/.test(error.message),
  );
});

test("what is no manifest is not prepared", () => {
  assert.throws(() => tier.prepare(Uint8Array.of(0x7b), host(EMPTY_BYTES)), InvalidInput);
});
