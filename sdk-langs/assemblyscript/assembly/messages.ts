import { Decoder, Encoder } from "./abi";
import { Address } from "./address";
import { Bytes, Bytes32 } from "./bytes";
import { ALL_GAS, bubble, call, callStatic, returnData } from "./call";
import { u256 } from "./u256";

const SEND: u32 = 0x53c60ae0;
const QUOTE: u32 = 0x4036eb29;

/** The system contract that takes messages, and calls back (`chain/system/Messages.sol`). */
export function messagesContract(): Address {
  const address = new Address();
  store<u8>(address.start, 0xdc, 17);
  store<u8>(address.start, 0x02, 19);
  return address;
}

/**
 * Calls a contract of any tier in a later block, with value and gas from this contract's balance, and returns the message's
 * id. With `callbackGas` the contract is called back: `onMessage(bytes32 id, bool success, bytes result)`, by
 * `messagesContract()`, with the value of a message that failed. What is not used comes back. Reverts as MESSAGES does.
 */
export function sendMessage(
  to: Address,
  value: u256,
  data: Bytes,
  gas: u64,
  callbackGas: u64 = 0,
): Bytes32 {
  const quote = Encoder.withSelector(QUOTE, 3);
  quote.address(to);
  quote.integer<u64>(gas, 64);
  quote.integer<u64>(callbackGas, 64);
  if (!callStatic(messagesContract(), quote.finish(), ALL_GAS)) bubble();
  const fee = Decoder.of(returnData()).big(256);
  const send = Encoder.withSelector(SEND, 5);
  send.address(to);
  send.big(value, 256);
  send.bytes(data);
  send.integer<u64>(gas, 64);
  send.integer<u64>(callbackGas, 64);
  if (!call(messagesContract(), send.finish(), value + fee, ALL_GAS)) bubble();
  return Decoder.of(returnData()).fixed(32);
}
