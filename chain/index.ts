// The front door of @delchain/chain.
export type { Block, ExecutedBlock } from "./block/block.ts";
