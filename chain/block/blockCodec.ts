import {
  type Address,
  decodeRlp,
  encodeRlp,
  fromHex,
  InvalidInput,
  type RlpItem,
} from "@delchain/runtime";
import { decodeCertificate, encodeCertificate } from "../attest/certificateCodec.ts";
import type { ChainSpec } from "../spec/spec.ts";
import { type DecodedTransaction, decodeTransaction } from "../tx/codec.ts";
import { isMessageBytes, readMessage } from "../tx/messageCodec.ts";
import {
  integerBytes,
  readAddress,
  readBytes,
  readHash,
  readInteger,
  readList,
} from "../tx/rlpFields.ts";
import { withSender } from "../tx/signer.ts";
import { isSigned, type ListedTransaction } from "../tx/transaction.ts";
import type { Block } from "./block.ts";
import type { Extension } from "./header.ts";
import { headerFields, readHeader } from "./headerCodec.ts";

/** What of the chain spec decoding a block needs. */
export type BlockRules = Pick<
  ChainSpec,
  | "chainId"
  | "transactionBytesMax"
  | "blockBytesMax"
  | "ordersMax"
  | "certificatesMax"
  | "certificateBytesMax"
>;

/** Who signed each transaction that has a signature, in order: recovered, or known from an earlier recovery. */
export type SendersOf = (transactions: readonly DecodedTransaction[]) => readonly Address[];

// No limit of its own: the block's gas and bytes bound it, at 100 bytes a signed transaction.
const TRANSACTIONS_MAX = Number.MAX_SAFE_INTEGER;

/** `[header, extension, [transaction…], [order…], [certificate…]]` in RLP, the last three as byte strings. */
export function encodeBlock(block: Block): Uint8Array {
  return encodeRlp(blockFields(block));
}

/** A block with who signed, as a node stores it, so that loading one recovers no signature. */
export function encodeStoredBlock(block: Block): Uint8Array {
  const signed = [...block.transactions, ...block.orders].filter(isSigned);
  const senders = signed.map(({ sender }) => fromHex(sender));
  return encodeRlp([blockFields(block), senders]);
}

/**
 * Checks shape, limits and each transaction's form; whether the block follows from its parent is the state
 * transition's to say. Throws `InvalidInput`.
 */
export function decodeBlock(bytes: Uint8Array, rules: BlockRules, sendersOf: SendersOf): Block {
  const limit = rules.blockBytesMax;
  if (bytes.length > limit) {
    throw new InvalidInput(
      { code: "BLOCK_TOO_LARGE", length: bytes.length, limit },
      `the block has ${bytes.length} bytes, over the limit of ${limit}`,
    );
  }
  return readBlock(decodeRlp(bytes), rules, sendersOf);
}

export function decodeStoredBlock(bytes: Uint8Array, rules: BlockRules): Block {
  const [block, senders] = readList(decodeRlp(bytes), "stored block", 2);
  return readBlock(block, rules, ({ length }) =>
    readList(senders, "senders", length).map((sender) => readAddress(sender, "sender")),
  );
}

function blockFields(block: Block): readonly RlpItem[] {
  const { ordersRoot, certificatesRoot, containerGasOrdered, containerBaseFee } = block.extension;
  return [
    headerFields(block.header),
    [
      fromHex(ordersRoot),
      fromHex(certificatesRoot),
      integerBytes(containerGasOrdered),
      integerBytes(containerBaseFee),
    ],
    block.transactions.map(({ raw }) => raw),
    block.orders.map(({ raw }) => raw),
    block.certificates.map(encodeCertificate),
  ];
}

function readBlock(item: RlpItem | undefined, rules: BlockRules, sendersOf: SendersOf): Block {
  const [header, extension, listed, ordered, certificates] = readList(item, "block", 5);
  const transactions = readTransactions(listed, "transactions", TRANSACTIONS_MAX, rules);
  const orders = readTransactions(ordered, "orders", rules.ordersMax, rules);
  const all = [...transactions, ...orders];
  const senders = sendersOf(all.filter((one) => "signingHash" in one)).values();
  const known = all.map((one) =>
    "signingHash" in one ? withSender(one, senders.next().value as Address) : one,
  );
  return {
    header: readHeader(header),
    extension: readExtension(extension),
    transactions: known.slice(0, transactions.length),
    orders: known.slice(transactions.length),
    certificates: readList(certificates, "certificates", { max: rules.certificatesMax }).map(
      (certificate) =>
        decodeCertificate(
          readBytes(certificate, "certificate", rules.certificateBytesMax),
          rules.certificateBytesMax,
        ),
    ),
  };
}

function readTransactions(
  item: RlpItem | undefined,
  field: string,
  max: number,
  rules: BlockRules,
): readonly (DecodedTransaction | ListedTransaction)[] {
  return readList(item, field, { max }).map((one) => {
    const raw = readBytes(one, field, rules.transactionBytesMax);
    return isMessageBytes(raw) ? readMessage(raw) : decodeTransaction(raw, rules);
  });
}

function readExtension(item: RlpItem | undefined): Extension {
  const [ordersRoot, certificatesRoot, containerGasOrdered, containerBaseFee] = readList(
    item,
    "extension",
    4,
  );
  return {
    ordersRoot: readHash(ordersRoot, "extension.ordersRoot"),
    certificatesRoot: readHash(certificatesRoot, "extension.certificatesRoot"),
    containerGasOrdered: readInteger(containerGasOrdered, "extension.containerGasOrdered", 8),
    containerBaseFee: readInteger(containerBaseFee, "extension.containerBaseFee", 32),
  };
}
