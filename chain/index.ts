// The front door of @delchain/chain.

export type { ResultCertificate } from "./attest/certificate.ts";
export { decodeCertificate, encodeCertificate } from "./attest/certificateCodec.ts";
export { type HostKey, proveHostKey } from "./attest/hostKey.ts";
export type { Block, ExecutedBlock } from "./block/block.ts";
export {
  type BlockRules,
  decodeBlock,
  decodeStoredBlock,
  encodeBlock,
  encodeStoredBlock,
} from "./block/blockCodec.ts";
export { bloomOf, mayContain, mergeBlooms } from "./block/bloom.ts";
export { certificatesRoot, extensionRoot } from "./block/extension.ts";
export type { Extension, Header } from "./block/header.ts";
export { decodeHeader, encodeHeader, hashHeader, type InvalidHeader } from "./block/headerCodec.ts";
export { orderedRoot } from "./block/orderedRoot.ts";
export type { ContainerCallRecord, Receipt } from "./block/receipt.ts";
export { encodeReceipt } from "./block/receiptCodec.ts";
export { receiptsRoot, transactionsRoot } from "./block/roots.ts";
export type { NotAdmitted } from "./mempool/admission.ts";
export { MEMPOOL_LIMITS, type MempoolLimits } from "./mempool/limits.ts";
export { chooseBls } from "./node/bls.ts";
export type { LogLevel } from "./node/log.ts";
export { type BlockSummary, type NodeConfig, type RunningNode, startNode } from "./node/node.ts";
export { IMPERSONATED_MAX, MINE_BLOCKS_MAX, SNAPSHOTS_MAX } from "./node/nodeCheats.ts";
export { SOURCE_BYTES_MAX, sourceStatement } from "./node/publishedSources.ts";
export { chooseRecovery } from "./node/recovery.ts";
export type { Backend } from "./rpc/backend.ts";
export { RPC_LIMITS, type RpcLimits } from "./rpc/limits.ts";
export { type RpcOptions, type RpcServer, startRpc } from "./rpc/server.ts";
export { type BaseFeeRule, nextBaseFee } from "./spec/baseFee.ts";
export { DEVNET, DEVNET_ACCOUNTS, DEVNET_MNEMONIC, devnetHostSecret } from "./spec/devnet.ts";
export { genesisBlock, genesisDiff } from "./spec/genesis.ts";
export type { ChainSpec, GenesisSpec } from "./spec/spec.ts";
export type { PreparedState } from "./state/preparedState.ts";
export type { Head, OrderLocation, TransactionLocation } from "./state/records.ts";
export { RemoteView, ViewClient } from "./state/remoteView.ts";
export { serveView, type ViewStore } from "./state/serveView.ts";
export { ChainStore, openChainStore } from "./state/store.ts";
export { newViewBuffer } from "./state/viewProtocol.ts";
export {
  type DecodedTransaction,
  decodeTransaction,
  encodeTransaction,
  signingPayload,
  type TransactionRules,
} from "./tx/codec.ts";
export { toExecutable } from "./tx/executable.ts";
export { checkTransaction, intrinsicGas, maxCost } from "./tx/intrinsic.ts";
export type { InvalidTransaction } from "./tx/invalidTransaction.ts";
export { nobleRecovery, type Recovery, recoverSender, signTransaction } from "./tx/signer.ts";
export type {
  Signature,
  SignedTransaction,
  Transaction,
  UnsignedTransaction,
} from "./tx/transaction.ts";
