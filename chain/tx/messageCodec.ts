import {
  type Address,
  concatBytes,
  decodeRlp,
  encodeRlp,
  fromHex,
  keccak256,
} from "@delchain/runtime";
import {
  integerBytes,
  readAddress,
  readBytes,
  readHash,
  readInteger,
  readList,
} from "./rlpFields.ts";
import { type ListedTransaction, MESSAGE_TYPE, type MessageTransaction } from "./transaction.ts";

/** A message as a block lists it: `0x7e | rlp([id, parent, origin, from, to, value, gas, price, hops, data])`. */
export function listMessage(message: MessageTransaction): ListedTransaction {
  const { id, parent, origin, from, to, value, gasLimit, gasPrice, hops, data } = message;
  const fields = [
    ...[id, parent, origin, from, to].map(fromHex),
    ...[value, gasLimit, gasPrice, BigInt(hops)].map(integerBytes),
    data,
  ];
  const raw = concatBytes(Uint8Array.of(MESSAGE_TYPE), encodeRlp(fields));
  return { transaction: message, raw, hash: keccak256(raw), sender: from };
}

/** Whether these bytes of a block say that they are a message. */
export function isMessageBytes(raw: Uint8Array): boolean {
  return raw[0] === MESSAGE_TYPE;
}

/** Throws `InvalidInput` for bytes that `listMessage` does not write. */
export function readMessage(raw: Uint8Array): ListedTransaction {
  const fields = readList(decodeRlp(raw.subarray(1)), "message", 10);
  const [id, parent, origin, from, to, value, gasLimit, gasPrice, hops, data] = fields;
  const sender: Address = readAddress(from, "from");
  const transaction: MessageTransaction = {
    type: MESSAGE_TYPE,
    id: readHash(id, "id"),
    parent: readHash(parent, "parent"),
    origin: readAddress(origin, "origin"),
    from: sender,
    to: readAddress(to, "to"),
    value: readInteger(value, "value", 16),
    gasLimit: readInteger(gasLimit, "gasLimit", 8),
    gasPrice: readInteger(gasPrice, "gasPrice", 8),
    hops: Number(readInteger(hops, "hops", 1)),
    data: readBytes(data, "data", Number.MAX_SAFE_INTEGER),
  };
  return { transaction, raw, hash: keccak256(raw), sender };
}
