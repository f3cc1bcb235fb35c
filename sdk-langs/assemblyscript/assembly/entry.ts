import { Bytes } from "./bytes";
import { msg_reentrant, msg_value, pay_for_memory_grow, read_args, storage_flush_cache } from "./host";
import { revertData, revertEmpty } from "./revert";

// What the generated dispatcher stands on.

let current: Bytes = new Bytes();

/** The whole calldata of the call that runs. */
export function calldataOf(): Bytes {
  return current;
}

/** Importing `pay_for_memory_grow` costs under one gas and lets the module be activated on Stylus chains as it is. */
export function readCalldata(length: i32): Bytes {
  pay_for_memory_grow(0);
  const calldata = Bytes.allocate(length);
  read_args(calldata.start);
  current = calldata;
  return calldata;
}

/** -1 when the calldata is too short to have one. */
export function selectorOf(calldata: Bytes): i64 {
  return calldata.length < 4 ? -1 : i64(bswap<u32>(load<u32>(calldata.start)));
}

/** Solidity's guard of every method that is not payable. */
export function refuseValue(): void {
  const word = heap.alloc(32);
  msg_value(word);
  if ((load<u64>(word) | load<u64>(word, 8) | load<u64>(word, 16) | load<u64>(word, 24)) != 0) {
    revertEmpty();
  }
}

/** The guard of a `@nonreentrant` method, with OpenZeppelin's error: another call of this contract is open. */
export function refuseReentry(): void {
  if (msg_reentrant() == 0) return;
  const data = heap.alloc(4);
  store<u32>(data, bswap<u32>(0x3ee5aeb5));
  revertData(data, 4);
}

export function finish(): i32 {
  storage_flush_cache(0);
  return 0;
}
