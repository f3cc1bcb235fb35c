import type { Tier } from "../executor/tier.ts";
import type { FrameResult, HostApi } from "../host/api.ts";
import { CODE_KINDS, type CodeKind } from "../host/envelope.ts";
import { PRICES } from "../host/prices.ts";
import { concatBytes, EMPTY_BYTES, fromHex, toHex } from "../types/bytes.ts";
import { InvalidInput } from "../types/errors.ts";
import { type Hash, hashFromBytes, keccak256Bytes } from "../types/hash.ts";
import type { Words } from "./byteStorage.ts";
import { CONSTRUCTOR_BYTES_MAX, storeConstructor } from "./constructorCall.ts";
import { type ContainerRegistry, encodeDeclaration } from "./declaration.ts";
import { type Manifest, parseManifest } from "./manifest.ts";

/** The selector of `error AsynchronousContract(address)`. */
const ASYNCHRONOUS_CONTRACT: Uint8Array = keccak256Bytes(
  new TextEncoder().encode("AsynchronousContract(address)"),
).slice(0, 4);

/** `JSON.parse` takes about 20 ns a byte, five times what this pays; a manifest is 16 kB, so 0.3 ms, at most. */
const READ_MANIFEST_BYTE = 1;

const CREATED: FrameResult = { status: "success", output: EMPTY_BYTES };

/**
 * The synchronous half of containers: what the other tiers and transactions see of one. A container runs only when
 * its turn in the queue has come, so a call inside a transaction reverts with `AsynchronousContract(address)`; plain
 * value is taken when the manifest is payable.
 */
export class ContainerTier implements Tier {
  readonly kind: CodeKind = CODE_KINDS.container;
  readonly #registry: ContainerRegistry | undefined;

  constructor(registry?: ContainerRegistry) {
    this.#registry = registry;
  }

  prepare(payload: Uint8Array, host: HostApi): Uint8Array {
    host.meter.charge(PRICES.instrumentByte * payload.length);
    parseManifest(payload);
    return payload;
  }

  /** Declares what the manifest asks for, and keeps what the constructor is to be called with; `batch.ts` calls it. */
  construct(bytes: Uint8Array, _payloadHash: Hash, host: HostApi): FrameResult {
    const { input, value, caller } = host.frame;
    host.meter.charge(READ_MANIFEST_BYTE * bytes.length);
    const manifest = JSON.parse(new TextDecoder().decode(bytes)) as Manifest;
    if (this.#registry) declare(manifest, this.#registry, host);
    const { abi } = manifest;
    const declared = abi?.find(isConstructor);
    if (declared === undefined && input.length === 0) return CREATED;
    checkConstructor(abi, input.length);
    if (declared?.stateMutability === "nonpayable" && value > 0n) {
      throw refusal(input.length, `the constructor takes no value, and was sent ${value} wei`);
    }
    const words: Words = {
      load: (slot) => hashFromBytes(host.loadStorage(fromHex(slot))),
      store: (slot, word) => host.storeStorage(fromHex(slot), fromHex(word)),
    };
    storeConstructor(words, { deployer: caller, value, arguments: input });
    return CREATED;
  }

  call(_payloadHash: Hash, load: () => Uint8Array, host: HostApi): FrameResult {
    const { input, target, codeAddress } = host.frame;
    if (input.length === 0 && target === codeAddress && isPayable(load(), host)) {
      return { status: "success", output: EMPTY_BYTES };
    }
    const address = concatBytes(new Uint8Array(12), fromHex(codeAddress));
    return { status: "revert", output: concatBytes(ASYNCHRONOUS_CONTRACT, address) };
  }
}

/** In the new container's own name, so that the registry knows who it is. */
function declare(manifest: Manifest, registry: ContainerRegistry, host: HostApi): void {
  const input = encodeDeclaration(manifest, registry);
  if (input === undefined) return;
  const { address: to } = registry;
  const { status, output } = host.call({ kind: "call", to, value: 0n, gas: host.meter.gas, input });
  if (status === "success") return;
  throw new InvalidInput(
    { code: "CONTAINER_DECLARATION", registry: to },
    `the registry ${to} refused what the manifest asks for: ${status} ${toHex(output.subarray(0, 4))}; ` +
      "it may have run out of gas",
  );
}

type ConstructorEntry = { readonly type: "constructor"; readonly stateMutability?: unknown };

function isConstructor(entry: unknown): entry is ConstructorEntry {
  return (entry as { readonly type?: unknown } | null)?.type === "constructor";
}

/** A manifest without an ABI says nothing of a constructor, so whoever sends arguments knows of one. */
function checkConstructor(abi: Manifest["abi"], length: number): void {
  if (abi !== undefined && !abi.some(isConstructor)) {
    throw refusal(
      length,
      `the container's ABI has no constructor, and the envelope is followed by ${length} bytes of arguments`,
    );
  }
  if (length > CONSTRUCTOR_BYTES_MAX) {
    throw refusal(
      length,
      `the constructor's arguments are ${length} bytes; the limit is ${CONSTRUCTOR_BYTES_MAX}. Set the rest by a call`,
    );
  }
}

function refusal(length: number, message: string): InvalidInput {
  return new InvalidInput({ code: "CONTAINER_CONSTRUCTOR", length }, message);
}

/** The manifest was checked when it was deployed; this reads the one field. */
function isPayable(manifest: Uint8Array, host: HostApi): boolean {
  host.meter.charge(READ_MANIFEST_BYTE * manifest.length);
  const { payable } = JSON.parse(new TextDecoder().decode(manifest)) as { payable: boolean };
  return payable;
}
