import type { Address } from "../../types/address.ts";
import type { Hex } from "../../types/bytes.ts";

const OPCODES = { call: "f1", callcode: "f2", delegate: "f4", static: "fa" } as const;

/**
 * EVM code: slot 0 becomes 1, all calldata goes to `target`, slot 2 becomes whether that succeeded, and what it
 * returned is returned, or reverted with.
 */
export function forwarder(
  target: Address,
  how: keyof typeof OPCODES = "call",
  ending: "return" | "revert" = "return",
): Hex {
  const value = how === "call" || how === "callcode" ? "5f" : "";
  // CALLDATACOPY(0, 0, CALLDATASIZE); CALL(GAS, target, 0, 0, CALLDATASIZE, 0, 0)
  const call = `365f5f37${"5f5f365f"}${value}73${target.slice(2)}5a${OPCODES[how]}`;
  const returnData = `3d5f5f3e3d5f${ending === "return" ? "f3" : "fd"}`;
  return `0x${"60015f55"}${call}${"600255"}${returnData}`;
}

/** EVM code: adds one to slot 0, logs nothing, and returns its caller. */
export const COUNTER: Hex = `0x${"5f546001015f55"}${"5f5fa0"}${"335f5260205ff3"}`;

/** As `COUNTER`, but reverts with `deadbeef` at the end. */
export const REVERTING_COUNTER: Hex = `0x${"5f546001015f55"}${"5f5fa0"}${"63deadbeef5f526004601cfd"}`;

/** EVM code: creates a contract of its calldata, with CREATE2 and salt 42 or with CREATE, and returns the address. */
export function factory(how: "create" | "create2"): Hex {
  return `0x365f5f37${how === "create2" ? "602a365f5ff5" : "365f5ff0"}5f5260205ff3`;
}

/** Init code that deploys `code` of at most 255 bytes. */
export function deploying(code: Hex): Hex {
  const length = (code.length - 2) / 2;
  // PUSH1 length, DUP1, PUSH1 offset of the code, PUSH0, CODECOPY, PUSH0, RETURN
  return `0x60${length.toString(16).padStart(2, "0")}8060095f395ff3${code.slice(2)}`;
}
