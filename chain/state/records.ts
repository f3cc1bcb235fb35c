import {
  type Account,
  type Address,
  addressFromBytes,
  addressToBytes,
  bytesToBigint,
  decodeRlp,
  EMPTY_BYTES,
  EMPTY_CODE_HASH,
  EMPTY_ROOT,
  encodeRlp,
  type Hash,
  hashFromBytes,
  hashToBytes,
  type RlpItem,
  ZERO_HASH,
} from "@delchain/runtime";
import { integerBytes } from "../tx/rlpFields.ts";

/** Which block a store ends with, and what makes it this chain's store. */
export type Meta = {
  readonly schema: number;
  readonly chainId: bigint;
  readonly genesisHash: Hash;
  /** Of the genesis state and of the diff that it came from: equal diffs need not be hashed into tries again. */
  readonly genesisStateRoot: Hash;
  readonly genesisDiffHash: Hash;
  readonly head: Head;
};

export type Head = { readonly number: bigint; readonly hash: Hash; readonly stateRoot: Hash };

/** Where a listed transaction and its receipt stand. */
export type TransactionLocation = { readonly number: bigint; readonly index: number };

/** Where a container call was ordered; it is listed by a later block. */
export type OrderLocation = {
  readonly number: bigint;
  readonly queueIndex: bigint;
  readonly contract: Address;
};

/** What a block replaced: for each account of its diff, what lay there before, in the diff's order. */
export type Undo = readonly AccountUndo[];

export type AccountUndo = {
  readonly address: Address;
  /** `undefined` when the block made the account. */
  readonly account: Account | undefined;
  readonly slots: readonly { readonly slot: Hash; readonly value: Hash }[];
};

export function encodeMeta(meta: Meta): Uint8Array {
  return encodeRlp([
    integerBytes(BigInt(meta.schema)),
    integerBytes(meta.chainId),
    hashToBytes(meta.genesisHash),
    hashToBytes(meta.genesisStateRoot),
    hashToBytes(meta.genesisDiffHash),
    integerBytes(meta.head.number),
    hashToBytes(meta.head.hash),
    hashToBytes(meta.head.stateRoot),
  ]);
}

export function decodeMeta(bytes: Uint8Array): Meta {
  const fields = byteFields(decodeRlp(bytes), 8);
  const at = (index: number): Uint8Array => fields[index] as Uint8Array;
  return {
    schema: Number(bytesToBigint(at(0))),
    chainId: bytesToBigint(at(1)),
    genesisHash: hashFromBytes(at(2)),
    genesisStateRoot: hashFromBytes(at(3)),
    genesisDiffHash: hashFromBytes(at(4)),
    head: {
      number: bytesToBigint(at(5)),
      hash: hashFromBytes(at(6)),
      stateRoot: hashFromBytes(at(7)),
    },
  };
}

/** The schema number stands first in every schema, so that it can be read before the rest. */
export function decodeSchema(bytes: Uint8Array): number {
  const [schema] = decodeRlp(bytes) as readonly RlpItem[];
  return Number(bytesToBigint(schema as Uint8Array));
}

/** RLP of `[nonce, balance, codeHash, storageRoot]`; no code and no storage are empty strings. */
export function encodeAccount(account: Account): Uint8Array {
  return encodeRlp(accountItem(account));
}

export function decodeAccount(bytes: Uint8Array): Account {
  return readAccount(decodeRlp(bytes));
}

/** A storage word without its leading zeros; the zero word is never stored. */
export function encodeSlot(value: Hash): Uint8Array {
  return integerBytes(BigInt(value));
}

export function decodeSlot(bytes: Uint8Array): Hash {
  return `0x${Buffer.from(bytes).toString("hex").padStart(64, "0")}` as Hash;
}

export function encodeTransactionLocation({ number, index }: TransactionLocation): Uint8Array {
  return encodeRlp([integerBytes(number), integerBytes(BigInt(index))]);
}

export function decodeTransactionLocation(bytes: Uint8Array): TransactionLocation {
  const [number, index] = byteFields(decodeRlp(bytes), 2) as [Uint8Array, Uint8Array];
  return { number: bytesToBigint(number), index: Number(bytesToBigint(index)) };
}

export function encodeOrderLocation(location: OrderLocation): Uint8Array {
  const { number, queueIndex, contract } = location;
  return encodeRlp([integerBytes(number), integerBytes(queueIndex), addressToBytes(contract)]);
}

export function decodeOrderLocation(bytes: Uint8Array): OrderLocation {
  const fields = byteFields(decodeRlp(bytes), 3);
  const [number, queueIndex, contract] = fields as [Uint8Array, Uint8Array, Uint8Array];
  return {
    number: bytesToBigint(number),
    queueIndex: bytesToBigint(queueIndex),
    contract: addressFromBytes(contract),
  };
}

/** RLP of `[[address, account or "", [[slot, value]…]]…]`. */
export function encodeUndo(undo: Undo): Uint8Array {
  return encodeRlp(
    undo.map(({ address, account, slots }) => [
      addressToBytes(address),
      account ? accountItem(account) : EMPTY_BYTES,
      slots.map(({ slot, value }) => [
        hashToBytes(slot),
        value === ZERO_HASH ? EMPTY_BYTES : encodeSlot(value),
      ]),
    ]),
  );
}

export function decodeUndo(bytes: Uint8Array): Undo {
  return (decodeRlp(bytes) as readonly RlpItem[]).map((item) => {
    const [address, account, slots] = item as [Uint8Array, RlpItem, [Uint8Array, Uint8Array][]];
    return {
      address: addressFromBytes(address),
      account: account instanceof Uint8Array ? undefined : readAccount(account),
      slots: slots.map(([slot, value]) => ({
        slot: hashFromBytes(slot),
        value: decodeSlot(value),
      })),
    };
  });
}

function accountItem({ nonce, balance, codeHash, storageRoot }: Account): RlpItem {
  return [
    integerBytes(nonce),
    integerBytes(balance),
    codeHash === EMPTY_CODE_HASH ? EMPTY_BYTES : hashToBytes(codeHash),
    storageRoot === EMPTY_ROOT ? EMPTY_BYTES : hashToBytes(storageRoot),
  ];
}

function readAccount(item: RlpItem): Account {
  const fields = byteFields(item, 4);
  const [nonce, balance, codeHash, storageRoot] = fields as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  return {
    nonce: bytesToBigint(nonce),
    balance: bytesToBigint(balance),
    codeHash: codeHash.length === 0 ? EMPTY_CODE_HASH : hashFromBytes(codeHash),
    storageRoot: storageRoot.length === 0 ? EMPTY_ROOT : hashFromBytes(storageRoot),
  };
}

/** Records are our own writing: another shape is damage, and the reader's caller says so. */
function byteFields(item: RlpItem, count: number): readonly Uint8Array[] {
  if (item instanceof Uint8Array || item.length !== count) {
    throw new TypeError(`a record of ${count} fields has another shape`);
  }
  return item as readonly Uint8Array[];
}
