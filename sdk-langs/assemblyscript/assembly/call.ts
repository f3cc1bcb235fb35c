import { Decoder, Encoder } from "./abi";
import { Address } from "./address";
import { Bytes, Bytes32 } from "./bytes";
import * as host from "./host";
import { revertData, revertEmpty } from "./revert";
import { u256 } from "./u256";
import { isViewing, refuseInView } from "./view";

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

/** Calls a contract of any tier; `true` on success. A view method calls statically, as Solidity's does. */
export function call(
  target: Address,
  calldata: Bytes,
  value: u256 = u256.ZERO,
  gas: u64 = ALL_GAS,
): bool {
  if (isViewing() && value.isZero()) return callStatic(target, calldata, gas);
  refuseInView();
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
  refuseInView();
  host.storage_flush_cache(1);
  return (
    host.delegate_call_contract(target.start, calldata.start, calldata.length, gas, length) == 0
  );
}

/** The new contract, or the zero address with the reason in `returnData`. */
export function create(code: Bytes, value: u256 = u256.ZERO): Address {
  const word = heap.alloc(36);
  const created = new Address();
  refuseInView();
  value.storeWord(word);
  host.storage_flush_cache(1);
  host.create1(code.start, code.length, word, created.start, word + 32);
  return created;
}

/** At the address that EIP-1014 gives. */
export function create2(code: Bytes, salt: Bytes32, value: u256 = u256.ZERO): Address {
  const word = heap.alloc(36);
  const created = new Address();
  refuseInView();
  value.storeWord(word);
  host.storage_flush_cache(1);
  host.create2(code.start, code.length, word, salt.start, created.start, word + 32);
  return created;
}

/** What a call through a `@remote` class came to: its results, or the reason in `returnData`. */
export class Outcome {
  constructor(
    readonly isSuccess: bool,
    readonly results: Decoder,
  ) {}
}

/** Not a success when the target has no code, as for Solidity's typed calls. */
export function attempt(target: Address, calldata: Encoder, value: u256, isView: bool): Outcome {
  const data = calldata.finish();
  if (host.account_code_size(target.start) == 0) return new Outcome(false, new Decoder(0, 0));
  const isSuccess = isView ? callStatic(target, data) : call(target, data, value);
  return new Outcome(isSuccess, Decoder.of(returnData()));
}

/** Reverts with what the target reverted with; without data when it has no code, as Solidity does. */
export function demand(target: Address, calldata: Encoder, value: u256, isView: bool): Decoder {
  if (host.account_code_size(target.start) == 0) revertEmpty();
  const outcome = attempt(target, calldata, value, isView);
  if (!outcome.isSuccess) bubble();
  return outcome.results;
}
