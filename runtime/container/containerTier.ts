import type { Tier } from "../executor/tier.ts";
import type { FrameResult, HostApi } from "../host/api.ts";
import { CODE_KINDS, type CodeKind } from "../host/envelope.ts";
import { PRICES } from "../host/prices.ts";
import { concatBytes, EMPTY_BYTES, fromHex } from "../types/bytes.ts";
import { InvalidInput } from "../types/errors.ts";
import { type Hash, keccak256Bytes } from "../types/hash.ts";
import { parseManifest } from "./manifest.ts";

/** The selector of `error AsynchronousContract(address)`. */
const ASYNCHRONOUS_CONTRACT: Uint8Array = keccak256Bytes(
  new TextEncoder().encode("AsynchronousContract(address)"),
).slice(0, 4);

/** `JSON.parse` takes about 20 ns a byte, five times what this pays; a manifest is 16 kB, so 0.3 ms, at most. */
const READ_MANIFEST_BYTE = 1;

/**
 * The synchronous half of containers: what the other tiers and transactions see of one. A container runs only when
 * its turn in the queue has come, so a call inside a transaction reverts with `AsynchronousContract(address)`; plain
 * value is taken when the manifest is payable.
 */
export class ContainerTier implements Tier {
  readonly kind: CodeKind = CODE_KINDS.container;

  prepare(payload: Uint8Array, host: HostApi): Uint8Array {
    host.meter.charge(PRICES.instrumentByte * payload.length);
    parseManifest(payload);
    return payload;
  }

  construct(_payload: Uint8Array, _payloadHash: Hash, host: HostApi): FrameResult {
    const { length } = host.frame.input;
    if (length === 0) return { status: "success", output: EMPTY_BYTES };
    throw new InvalidInput(
      { code: "CONTAINER_CONSTRUCTOR", length },
      `a container takes no constructor arguments, and the envelope is followed by ${length} bytes of them. Initialise it by a first call`,
    );
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

/** The manifest was checked when it was deployed; this reads the one field. */
function isPayable(manifest: Uint8Array, host: HostApi): boolean {
  host.meter.charge(READ_MANIFEST_BYTE * manifest.length);
  const { payable } = JSON.parse(new TextDecoder().decode(manifest)) as { payable: boolean };
  return payable;
}
