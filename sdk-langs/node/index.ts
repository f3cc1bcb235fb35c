// What a contract in TypeScript imports.

import { host } from "./host.ts";

export { type Hex, keccak256 } from "./bytes.ts";
export { array, struct } from "./composites.ts";
export {
  type Contract,
  type ContractFunction,
  contract,
  external,
  payable,
  rawContract,
  view,
} from "./contract.ts";
export { error, event, indexed } from "./event.ts";
export { host, MESSAGES, type Range } from "./host.ts";
export { RandomStream } from "./random.ts";
export { panic, Revert, require, revert } from "./revert.ts";
export {
  type Cell,
  type GrowingList,
  type List,
  type Mapping,
  type Members,
  mapping,
  storage,
} from "./storage.ts";
export {
  type Address,
  type AnyType,
  address,
  bool,
  bytes,
  bytes4,
  bytes32,
  enumeration,
  fixedBytes,
  int,
  int8,
  int16,
  int32,
  int64,
  int128,
  int256,
  string,
  type Type,
  uint,
  uint8,
  uint16,
  uint32,
  uint64,
  uint128,
  uint256,
  type ValueOf,
  type WordType,
  zeroAddress,
} from "./types.ts";

/** Whoever called the contract; always a transaction's sender, since containers are called by transactions. */
export function sender(): `0x${string}` {
  return host.caller();
}
