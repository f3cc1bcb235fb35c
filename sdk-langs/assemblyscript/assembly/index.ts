// What a contract imports: values, storage, events, reverts, context, calls.
export { Decoder, emit, Encoder, Indexed, respond } from "./abi";
export { Address } from "./address";
export { Bytes, Bytes32 } from "./bytes";
export {
  ALL_GAS,
  bubble,
  call,
  callDelegate,
  callStatic,
  create,
  create2,
  Outcome,
  returnData,
} from "./call";
export { console } from "./console";
export { account, block, message, transaction } from "./context";
export { messagesContract, sendMessage } from "./messages";
export { fail, PANIC_DIVISION, PANIC_OVERFLOW, panic, require, revert, revertData } from "./revert";
export { i256 } from "./i256";
export { Cell, List, Mapping, slotAt, TransientCell } from "./storage";
export * from "./types";
export { u256 } from "./u256";
