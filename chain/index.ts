// The front door of @delchain/chain.
export type { Block, ExecutedBlock } from "./block/block.ts";
export { chooseBls } from "./node/bls.ts";
export type { LogLevel } from "./node/log.ts";
export { type BlockSummary, type NodeConfig, type RunningNode, startNode } from "./node/node.ts";
export { chooseRecovery } from "./node/recovery.ts";
export { DEVNET, DEVNET_ACCOUNTS, DEVNET_MNEMONIC } from "./spec/devnet.ts";
export type { PreparedState } from "./state/preparedState.ts";
export type { Head, OrderLocation, TransactionLocation } from "./state/records.ts";
export { RemoteView, ViewClient } from "./state/remoteView.ts";
export { serveView, type ViewStore } from "./state/serveView.ts";
export { ChainStore, openChainStore } from "./state/store.ts";
export { newViewBuffer } from "./state/viewProtocol.ts";
