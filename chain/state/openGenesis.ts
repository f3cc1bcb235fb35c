import {
  EMPTY_ROOT,
  type Hash,
  hashDiff,
  InvalidInput,
  type StateDiff,
  Unavailable,
  ZERO_HASH,
} from "@delchain/runtime";
import type { ExecutedBlock } from "../block/block.ts";
import { hashHeader } from "../block/headerCodec.ts";
import { genesisBlock, genesisDiff } from "../spec/genesis.ts";
import type { ChainSpec } from "../spec/spec.ts";
import type { StateCommitment } from "./commitment.ts";
import type { Database } from "./database.ts";
import { META_KEY, numberKey } from "./keys.ts";
import { decodeMeta, decodeSchema, type Meta } from "./records.ts";

/** Of what this version writes; another number is another layout of keys or records. */
const SCHEMA_VERSION = 1;

/** More than LevelDB's log of 16 MiB holds: a block's batch is above 2 kB. At 4 us each, 33 ms. */
const CHECKED_BLOCKS = 8_192n;

/** A folder that holds something else than this chain in this layout. */
export type ForeignStore =
  | { readonly code: "STORE_NOT_OURS" }
  | { readonly code: "STORE_SCHEMA"; readonly found: number; readonly expected: number }
  | { readonly code: "STORE_CHAIN_ID"; readonly found: bigint; readonly expected: bigint }
  | { readonly code: "STORE_GENESIS"; readonly found: Hash; readonly expected: Hash };

export type OpenedGenesis = {
  readonly meta: Meta;
  /** What to commit first when the folder is empty. */
  readonly begin: { readonly diff: StateDiff; readonly executed: ExecutedBlock } | undefined;
};

/** Compares a store with the chain that it is opened for, or says how an empty one begins. */
export async function openGenesis(
  database: Database,
  spec: ChainSpec,
  commitment: StateCommitment,
): Promise<OpenedGenesis> {
  const diff = genesisDiff(spec);
  const genesisDiffHash = hashDiff(diff);
  const meta = readMeta(database);
  if (meta) {
    const isSameState = meta.genesisDiffHash === genesisDiffHash;
    const stateRoot = isSameState ? meta.genesisStateRoot : await rootOf(commitment, diff);
    requireAllBlocks(database, meta.head.number);
    requireSameChain(database, meta, spec, hashHeader(genesisBlock(spec, stateRoot).header));
    return { meta, begin: undefined };
  }
  if (!(await database.isEmpty())) {
    throw foreign(database, { code: "STORE_NOT_OURS" }, "holds another program's database");
  }
  const block = genesisBlock(spec, await rootOf(commitment, diff));
  return {
    meta: {
      schema: SCHEMA_VERSION,
      chainId: spec.chainId,
      genesisHash: hashHeader(block.header),
      genesisStateRoot: block.header.stateRoot,
      genesisDiffHash,
      head: { number: -1n, hash: ZERO_HASH, stateRoot: EMPTY_ROOT },
    },
    begin: { diff, executed: { block, receipts: [] } },
  };
}

function readMeta(database: Database): Meta | undefined {
  const found = database.read("the head record", META_KEY, decodeSchema);
  if (found === undefined) return undefined;
  if (found !== SCHEMA_VERSION) {
    const facts: ForeignStore = { code: "STORE_SCHEMA", found, expected: SCHEMA_VERSION };
    throw foreign(
      database,
      facts,
      `was written in layout ${found}, this version of delchain reads layout ${SCHEMA_VERSION}`,
    );
  }
  return database.read("the head record", META_KEY, decodeMeta);
}

function requireSameChain(database: Database, meta: Meta, spec: ChainSpec, expected: Hash): void {
  if (meta.chainId !== spec.chainId) {
    throw foreign(
      database,
      { code: "STORE_CHAIN_ID", found: meta.chainId, expected: spec.chainId },
      `holds chain ${meta.chainId}, not chain ${spec.chainId} (${spec.network})`,
    );
  }
  if (meta.genesisHash !== expected) {
    throw foreign(
      database,
      { code: "STORE_GENESIS", found: meta.genesisHash, expected },
      `begins with genesis block ${meta.genesisHash}, ${spec.network} begins with ${expected}`,
    );
  }
}

/** LevelDB drops a damaged batch from its log in silence, and takes those after it: a hole shows it. */
function requireAllBlocks(database: Database, head: bigint): void {
  const first = head > CHECKED_BLOCKS ? head - CHECKED_BLOCKS : 0n;
  for (let number = head; number >= first; number--) {
    if (database.get(numberKey("blockHash", number))) continue;
    throw new Unavailable(
      "store",
      `the store in ${database.path} is damaged: it lost block ${number} although its head is block ${head}; restore a copy of the folder, or remove it and sync again`,
    );
  }
}

function foreign(
  database: Database,
  facts: ForeignStore,
  what: string,
): InvalidInput<ForeignStore> {
  return new InvalidInput(
    facts,
    `the store in ${database.path} ${what}; choose another data folder, or remove this one to begin anew`,
  );
}

/** The root of a state that is nothing but the diff. */
async function rootOf(commitment: StateCommitment, diff: StateDiff): Promise<Hash> {
  const nothing = {
    stateRoot: EMPTY_ROOT,
    storageRoot: () => EMPTY_ROOT,
    node: () => undefined,
    nodeKeys: () => Promise.resolve([]),
  };
  return (await commitment.apply(nothing, diff)).stateRoot;
}
