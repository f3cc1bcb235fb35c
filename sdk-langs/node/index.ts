// What a contract in TypeScript imports.

import { host } from "./host.ts";

export { type Hex, keccak256 } from "./bytes.ts";
export {
  type Contract,
  type ContractFunction,
  contract,
  external,
  payable,
  rawContract,
} from "./contract.ts";
export { event, indexed } from "./event.ts";
export { host } from "./host.ts";
export { panic, Revert, require, revert } from "./revert.ts";
export { type Cell, type Mapping, mapping, nested, storage, value } from "./storage.ts";
export {
  type Address,
  type AnyType,
  address,
  bool,
  bytes,
  bytes32,
  string,
  type Type,
  uint,
  uint8,
  uint64,
  uint256,
  type WordType,
  zeroAddress,
} from "./types.ts";

/** Whoever called the contract; always a transaction's sender, since containers are called by transactions. */
export function sender(): `0x${string}` {
  return host.caller();
}
