import { INK_PER_GAS } from "../host/meter.ts";
import { PRICES } from "../host/prices.ts";
import type { Address } from "../types/address.ts";
import { EarlyExit, GuestFault, type GuestFrame } from "./guestFrame.ts";
import type { Hook, HookTable } from "./hook.ts";
import { HOOK_PRICES } from "./hookPrices.ts";

const gas: number = HOOK_PRICES.hook + PRICES.contextRead;
const TOPICS_MAX = 4;
const TOPIC_BYTES = 32;

function address(read: (frame: GuestFrame) => Address): Hook {
  return {
    signature: "i:",
    gas,
    run: (frame: GuestFrame, target: number): undefined =>
      frame.writeAddress(target, read(frame)) as undefined,
  };
}

function word(read: (frame: GuestFrame) => bigint): Hook {
  return {
    signature: "i:",
    gas,
    run: (frame: GuestFrame, target: number): undefined =>
      frame.writeNumber(target, read(frame)) as undefined,
  };
}

function u64(read: (frame: GuestFrame) => bigint): Hook {
  return { signature: ":I", gas, run: (frame: GuestFrame): bigint => read(frame) };
}

/** The block, the transaction, the message, and what a frame takes in and gives out. */
export const CONTEXT_HOOKS: HookTable = {
  block_basefee: word(({ host }) => host.context.block.baseFee),
  block_coinbase: address(({ host }) => host.context.block.producer),
  block_gas_limit: u64(({ host }) => host.context.block.gasLimit),
  block_number: u64(({ host }) => host.context.block.number),
  block_timestamp: u64(({ host }) => host.context.block.timestamp),
  chainid: u64(({ host }) => host.context.block.chainId),
  contract_address: address(({ host }) => host.frame.target),
  msg_sender: address(({ host }) => host.frame.caller),
  msg_value: word(({ host }) => host.frame.value),
  tx_gas_price: word(({ host }) => host.context.gasPrice),
  tx_origin: address(({ host }) => host.context.origin),
  tx_ink_price: { signature: ":i", gas, run: (): number => INK_PER_GAS },
  evm_gas_left: u64(({ host }) => BigInt(host.meter.gas)),
  evm_ink_left: u64(({ host }) => BigInt(host.meter.ink)),
  msg_reentrant: {
    signature: ":i",
    gas,
    run: (frame: GuestFrame): number => (frame.budget.isReentrant ? 1 : 0),
  },
  read_args: {
    signature: "i:",
    gas: HOOK_PRICES.hook,
    run: (frame: GuestFrame, target: number): undefined => {
      frame.write(target, frame.input);
    },
  },
  write_result: {
    signature: "ii:",
    gas: HOOK_PRICES.hook,
    run: (frame: GuestFrame, pointer: number, length: number): undefined => {
      frame.output = frame.read(pointer, length);
    },
  },
  exit_early: {
    signature: "i:",
    gas: HOOK_PRICES.hook,
    run: (_frame: GuestFrame, status: number): undefined => {
      throw new EarlyExit(status);
    },
  },
  emit_log: {
    signature: "iii:",
    gas: HOOK_PRICES.hook,
    run: (frame: GuestFrame, pointer: number, length: number, topics: number): undefined =>
      emitLog(frame, pointer, length >>> 0, topics >>> 0) as undefined,
  },
  // Growing pays where it happens, in the guest (instrument/addedCode.ts), whoever asked for it.
  pay_for_memory_grow: { signature: "i:", gas: HOOK_PRICES.hook, run: (): undefined => undefined },
  memory_grow: { signature: "i:", gas: HOOK_PRICES.hook, run: (): undefined => undefined },
};

/** The first bytes are the topics, 32 each. */
function emitLog(frame: GuestFrame, pointer: number, length: number, topics: number): void {
  if (topics > TOPICS_MAX || length < topics * TOPIC_BYTES) {
    throw new GuestFault(`a log of ${length} bytes with ${topics} topics`);
  }
  const bytes = frame.read(pointer, length);
  const words = Array.from({ length: topics }, (_, i) =>
    bytes.subarray(i * TOPIC_BYTES, (i + 1) * TOPIC_BYTES),
  );
  frame.host.emitLog(words, bytes.subarray(topics * TOPIC_BYTES));
}
