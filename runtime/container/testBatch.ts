import { MemoryView } from "../state/memoryView.ts";
import { type Address, toAddress } from "../types/address.ts";
import { EMPTY_BYTES } from "../types/bytes.ts";
import type { BlockContext } from "../types/context.ts";
import { toHash } from "../types/hash.ts";
import { type Batch, type BatchCall, executeBatch } from "./batch.ts";
import type { CallFrame } from "./frames.ts";
import type { HostCall } from "./hostCall.ts";
import type { Reply } from "./hostCalls.ts";
import type { Answer, CallOutcome } from "./runningCall.ts";

// Batches for tests: contracts are functions that ask the host.

export const CONTRACT: Address = toAddress(`0x${"c0".repeat(20)}`);
export const OTHER: Address = toAddress(`0x${"0e".repeat(20)}`);
export const slot = (n: number): ReturnType<typeof toHash> =>
  toHash(`0x${n.toString(16).padStart(64, "0")}`);
export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const BLOCK: BlockContext = {
  chainId: 31_337n,
  number: 7n,
  timestamp: 1_700_000_000n,
  gasLimit: 1n << 27n,
  baseFee: 1n,
  producer: OTHER,
  randomness: slot(99),
};

/** A contract as a function: what a container would do between CALL and its end. */
export type Program = (ask: (call: HostCall) => Reply, frame: CallFrame) => CallOutcome;
export const SUCCESS: CallOutcome = { status: "success", output: EMPTY_BYTES };

export function call(changes: Partial<BatchCall> = {}): BatchCall {
  return {
    caller: OTHER,
    origin: OTHER,
    value: 0n,
    input: EMPTY_BYTES,
    gasLimit: 1_000_000n,
    seed: slot(5),
    sending: { callId: slot(6), hops: 0, prices: { execute: 1n, order: 1n } },
    ...changes,
  };
}

export function batch(calls: readonly BatchCall[]): Batch {
  return { contract: CONTRACT, resourceClass: "small", block: BLOCK, calls };
}

/** Runs one program a call, in order. */
export async function run(
  programs: readonly Program[],
  calls: readonly BatchCall[] = programs.map(() => call()),
  view: MemoryView = new MemoryView(),
): ReturnType<typeof executeBatch> {
  let next = 0;
  const runner = {
    run: async (frame: CallFrame, answer: Answer): Promise<CallOutcome> => {
      const program = programs[next++];
      return program ? program(answer, frame) : SUCCESS;
    },
  };
  return executeBatch(batch(calls), view, runner);
}
