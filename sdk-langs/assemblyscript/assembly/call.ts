import { Address } from "./address";
import { Bytes, Bytes32 } from "./bytes";
import * as host from "./host";
import { revertData } from "./revert";
import { u256 } from "./u256";

/** As much gas as the rule of 63/64 (EIP-150) lets pass. */
export const ALL_GAS: u64 = u64.MAX_VALUE;

/** What the last call or creation returned, or reverted with. */
export function returnData(): Bytes {
  const data = Bytes.allocate(host.return_data_size());
  host.read_return_data(data.start, 0, data.length);
  return data;
}

/** Reverts with what the callee reverted with. */
export function bubble(): void {
  const data = returnData();
  revertData(data.start, data.length);
}

// Cached writes are flushed first: the callee may call back.

/** Calls a contract of any tier; `true` on success. */
export function call(
  target: Address,
  calldata: Bytes,
  value: u256 = u256.ZERO,
  gas: u64 = ALL_GAS,
): bool {
  const word = heap.alloc(36);
  value.storeWord(word);
  host.storage_flush_cache(1);
  return (
    host.call_contract(target.start, calldata.start, calldata.length, word, gas, word + 32) == 0
  );
}

export function callStatic(target: Address, calldata: Bytes, gas: u64 = ALL_GAS): bool {
  const length = heap.alloc(4);
  host.storage_flush_cache(1);
  return (
    host.static_call_contract(target.start, calldata.start, calldata.length, gas, length) == 0
  );
}

/** Runs the target's code on this contract's storage. */
export function callDelegate(target: Address, calldata: Bytes, gas: u64 = ALL_GAS): bool {
  const length = heap.alloc(4);
  host.storage_flush_cache(1);
  return (
    host.delegate_call_contract(target.start, calldata.start, calldata.length, gas, length) == 0
  );
}

/** The new contract, or the zero address with the reason in `returnData`. */
export function create(code: Bytes, value: u256 = u256.ZERO): Address {
  const word = heap.alloc(36);
  const created = new Address();
  value.storeWord(word);
  host.storage_flush_cache(1);
  host.create1(code.start, code.length, word, created.start, word + 32);
  return created;
}

/** At the address that EIP-1014 gives. */
export function create2(code: Bytes, salt: Bytes32, value: u256 = u256.ZERO): Address {
  const word = heap.alloc(36);
  const created = new Address();
  value.storeWord(word);
  host.storage_flush_cache(1);
  host.create2(code.start, code.length, word, salt.start, created.start, word + 32);
  return created;
}
