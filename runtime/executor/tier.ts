import type { FrameResult, HostApi } from "../host/api.ts";
import type { CodeKind } from "../host/envelope.ts";
import type { Hash } from "../types/hash.ts";

/**
 * A tier that the engine does not run itself: WebAssembly, PHP, and the synchronous half of containers.
 * Its frames run inside a transaction, on the host API, to completion.
 */
export interface Tier {
  readonly kind: CodeKind;
  /**
   * Checks a payload before anything is stored and returns what to store (usually the payload). Charges its own
   * work to `host.meter`. Throws `InvalidInput`, whose message becomes the creation's revert reason.
   */
  prepare(payload: Uint8Array, host: HostApi): Uint8Array;
  /** Runs the constructor of a contract being created; `host.frame.input` is the constructor's calldata. */
  construct(payload: Uint8Array, payloadHash: Hash, host: HostApi): FrameResult;
  /** Runs a call; `host.frame.input` is the calldata. `load` gives the stored payload. */
  call(payloadHash: Hash, load: () => Uint8Array, host: HostApi): FrameResult;
}
