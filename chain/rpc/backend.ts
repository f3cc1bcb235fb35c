import type {
  Account,
  Address,
  BlockContext,
  CallFinding,
  CodeKind,
  ExecutableTransaction,
  ExecutionResult,
  Explanation,
  Hash,
  Hex,
  LineTable,
  QueryOutcome,
} from "@delchain/runtime";
import type { ResultCertificate } from "../attest/certificate.ts";
import type { Level } from "../attest/levels.ts";
import type { ExecutedBlock } from "../block/block.ts";
import type { Header } from "../block/header.ts";
import type { Contestable } from "../system/challengeRegistry.ts";
import type { ListedTransaction, SignedTransaction } from "../tx/transaction.ts";
import type { Cheats } from "./cheats.ts";

/**
 * All that RPC asks of a node. Blocks are final blocks only; a block number that is given was at most the head's
 * when the request came. Every method may throw `Unavailable` (this machine is in trouble, or a deadline passed)
 * and rejects with nothing else but what it names here.
 */
export interface Backend {
  readonly chainId: bigint;
  /** For `web3_clientVersion`: `DelChain/v0.1.0/linux-x64/node26`. */
  readonly clientVersion: string;
  readonly limits: BackendLimits;
  /** `undefined` for a network that means anything. */
  readonly cheats: Cheats | undefined;

  /** The last final block. Synchronous: the node keeps it at hand. */
  head(): HeadSummary;
  /** `undefined` for a block that there is not, or whose body is not kept. */
  blockByNumber(number: bigint): Promise<KnownBlock | undefined>;
  blockByHash(hash: Hash): Promise<KnownBlock | undefined>;
  /**
   * The headers from `first` on, at most `count` and at most `limits.headersPerRead`, in order, ending at the
   * head. Much cheaper than blocks: log queries look at blooms first.
   */
  headers(first: bigint, count: number): Promise<readonly KnownHeader[]>;
  /** By its hash, or a message by its id. */
  findTransaction(hash: Hash): Promise<FoundTransaction | undefined>;

  /** `undefined` where there is no account. Throws `InvalidInput` of code `STATE_PRUNED` for a block too old. */
  account(address: Address, block: bigint): Promise<AccountSummary | undefined>;
  /** A slot that was never written is the zero hash. Throws `InvalidInput` of code `STATE_PRUNED`. */
  storage(address: Address, slot: Hash, block: bigint): Promise<Hash>;
  /**
   * An account and slots of it, with what proves them by the block's state root. Throws `InvalidInput` of code
   * `STATE_PRUNED` or `PROOF_TOO_OLD`.
   */
  proof(address: Address, slots: readonly Hash[], block: bigint): Promise<ProvedState>;
  /** What lies at the account; empty without code. Throws `InvalidInput` of code `STATE_PRUNED`. */
  code(address: Address, block: bigint): Promise<Uint8Array>;
  /**
   * `"latest"`: up to the sender's lowest nonce that is ordered and not yet listed. `"pending"`: with ordered
   * calls and the mempool's unbroken run on top. A number: the true nonce after that block. Throws
   * `InvalidInput` of code `STATE_PRUNED`.
   */
  transactionCount(address: Address, at: "latest" | "pending" | bigint): Promise<bigint>;

  /** Takes a transaction in and answers its hash. Throws `InvalidInput` with the codes of `chain/tx` and the mempool. */
  submit(raw: Uint8Array): Promise<Hash>;
  /**
   * Runs a call that leaves no trace, on the state after `block`. `unchecked`: from any account with any nonce,
   * for no fee. Throws `Unavailable` when the wall deadline ends the run, `InvalidInput` of code `STATE_PRUNED`.
   */
  query(query: ChainQuery): Promise<QueryOutcome>;
  /**
   * The same for a call to a container contract: one unattested replica runs it on a throw-away fork. `gasUsed`
   * is what its receipt would show. Throws `Unavailable` when no driver here can run it, and names the driver.
   */
  queryContainer(query: ChainQuery): Promise<ExecutionResult>;

  /** Who ran a container call and what each signed; `undefined` when the transaction is no ordered call. */
  attestations(transaction: Hash): Promise<AttestationReport | undefined>;
  /**
   * What a container call's result may be contested by; `undefined` when it has none yet, many have judged it, or its
   * time is over.
   */
  challenge(transaction: Hash): Promise<ChallengeReport | undefined>;
  /** What was found out about a call whose replicas differed; `undefined` for all others, and after a while. */
  explanation(transaction: Hash): ExplainedCall | undefined;
  /** `undefined` where there is no code. */
  contract(address: Address): Promise<ContractSummary | undefined>;
  /** The payload of a contract that is not EVM code, EVM code as it is; `undefined` where there is no code. */
  payload(address: Address): Promise<Uint8Array | undefined>;

  /**
   * Keeps a contract's source for those who ask. Throws `InvalidInput` when it is too large, when the transaction did
   * not create the contract, or when another than its sender has signed.
   */
  publishSource(source: Omit<PublishedSource, "publisher">): Promise<void>;
  /** `undefined` when its deployer has published none. */
  source(address: Address): Promise<PublishedSource | undefined>;

  /** What contracts have printed after the line of that number; `undefined` on a network, where none may. */
  console(after: number, contract: Address | undefined): ConsolePage | undefined;

  mempoolStatus(): { readonly pending: number; readonly queued: number };
  /** Other nodes that this one talks to; a devnet has none. */
  peerCount(): number;
  /** Calls the listener from now on, in order, until the returned function is called. The listener must not throw. */
  subscribe(listener: (event: ChainEvent) => void): () => void;
}

export type BackendLimits = {
  /** The most gas that one transaction may ask for (chain spec). */
  readonly transactionGas: bigint;
  /** The most gas that one query may use; at least `transactionGas`. */
  readonly queryGas: bigint;
  /** The most headers that one `headers` call answers. */
  readonly headersPerRead: number;
  /** The least tip that the mempool takes, in wei per gas. */
  readonly priorityFee: bigint;
};

export type KnownHeader = { readonly hash: Hash; readonly header: Header };

/** A final block with its hash, which the node kept rather than have it computed again. */
export type KnownBlock = ExecutedBlock & { readonly hash: Hash };

export type HeadSummary = KnownHeader & {
  /** The container tier's base fee of the block to come, in wei per gas. */
  readonly nextContainerBaseFee: bigint;
  /** The base fee of the block to come, in wei per gas (EIP-1559). */
  readonly nextBaseFee: bigint;
};

export type AccountSummary = {
  readonly nonce: bigint;
  readonly balance: bigint;
  readonly codeHash: Hash;
};

export type FoundTransaction =
  | { readonly where: "listed"; readonly block: KnownBlock; readonly index: number }
  | {
      readonly where: "ordered";
      readonly transaction: ListedTransaction;
      readonly call: ContainerCallProgress;
    }
  | { readonly where: "pending"; readonly transaction: ListedTransaction };

export type ChainQuery = {
  readonly transaction: ExecutableTransaction;
  readonly unchecked: boolean;
  readonly trace: boolean;
  readonly block: bigint;
  /** The block after which the state is taken; `block`'s own unless told. */
  readonly stateAt?: bigint;
  /** What it finds other than the state has it; not in containers. */
  readonly overrides?: readonly StateOverride[];
  /** What it finds other than its block has it. */
  readonly blockOverride?: BlockOverride;
  /** Runs in the block that would come behind `block`, whose number a contract may keep. */
  readonly isNext?: boolean;
  /** What runs before it on that state. */
  readonly before?: readonly ExecutableTransaction[];
  /** Asks for a profile in the lines of these codes. */
  readonly profile?: readonly LineTable[];
};

/** An account as a call finds it; what is left out is the state's. */
export type StateOverride = {
  readonly address: Address;
  readonly balance?: bigint;
  readonly nonce?: bigint;
  readonly code?: Uint8Array;
  /** Whether all other slots are zero. */
  readonly isStorageWhole: boolean;
  readonly slots: readonly { readonly slot: Hash; readonly value: Hash }[];
};

export type BlockOverride = Partial<Omit<BlockContext, "chainId">>;

/** Nodes of Merkle-Patricia tries in RLP, the root's first (EIP-1186). */
export type ProvedState = {
  /** `undefined` where there is none, which the proof shows. */
  readonly account: Account | undefined;
  readonly accountProof: readonly Uint8Array[];
  /** In the order asked. */
  readonly slots: readonly { readonly value: Hash; readonly proof: readonly Uint8Array[] }[];
};

/** An ordered call on its way to its certificate. */
export type ContainerCallProgress = {
  /** `ordered`: waits its turn; `executing`: replicas run it; `attested`: signed, waits for its block. */
  readonly stage: "ordered" | "executing" | "attested";
  readonly callId: Hash;
  readonly contract: Address;
  readonly orderedIn: bigint;
  readonly queueIndex: bigint;
  /** What the attestations that are in agree on, if they do. */
  readonly resultsHash: Hash | undefined;
};

export type AttestationReport = {
  readonly contract: Address;
  readonly orderedIn: bigint;
  readonly orderingHash: Hash;
  /** First and last queue index of the batch that was attested as one. */
  readonly firstIndex: bigint;
  readonly lastIndex: bigint;
  /** How widely it is judged, or `weak` where the class has too few hosts for that to say much. */
  readonly attested: Level | "weak";
  /** In the committee's order. */
  readonly committee: readonly CommitteeMember[];
  readonly attestations: readonly MemberAttestation[];
  /** Once a block holds it. */
  readonly certificate:
    | { readonly block: bigint; readonly certificate: ResultCertificate }
    | undefined;
};

export type ChallengeReport = Contestable & {
  /** The block in which it can be contested no more. */
  readonly until: bigint;
  /** What it takes in the next block, in wei. */
  readonly bond: bigint;
  /** The block in which it was; `undefined` when it is not, or has its verdict. */
  readonly openedIn: bigint | undefined;
};

export type CommitteeMember = {
  readonly member: number;
  /** BLS public key of the host, 48 bytes. */
  readonly publicKey: Uint8Array;
};

export type MemberAttestation = {
  readonly member: number;
  readonly diffHash: Hash;
  readonly resultsHash: Hash;
  readonly gasUsed: bigint;
  /** What it found itself, of a call whose answers are aggregated. */
  readonly number?: Hash;
  /** 96 bytes. */
  readonly signature: Uint8Array;
};

/** Why a call's replicas differed, as far as the node has found out. */
export type ExplainedCall =
  | { readonly state: "running" }
  | { readonly state: "dropped"; readonly reason: string }
  | ({ readonly state: "explained"; readonly finding: CallFinding } & Pick<
      Explanation,
      "runs" | "untried"
    >);

export type ContractSummary = {
  readonly tier: "evm" | "wasm" | "container";
  /** `undefined` for EVM code. */
  readonly kind: CodeKind | undefined;
  readonly codeHash: Hash;
  /** keccak-256 of the payload; `undefined` for EVM code. */
  readonly payloadHash: Hash | undefined;
  /** In bytes: of the payload, or of EVM code. */
  readonly payloadBytes: number;
  readonly container: ContainerSummary | undefined;
};

export type ContainerSummary = {
  /** The canonical manifest (RFC 8785) of the version that runs, which need not be the one that was deployed. */
  readonly manifest: string;
  /** What runs it on this node; `undefined` when nothing here can. */
  readonly driver: string | undefined;
  /** Calls that are ordered and not yet listed. */
  readonly queueLength: number;
  /** The queue index that the next ordered call gets. */
  readonly nextIndex: bigint;
};

/** What a contract's deployer says that it was built from; whether that is so, a build shows. */
export type PublishedSource = {
  readonly address: Address;
  /** What created the contract. */
  readonly transactionHash: Hash;
  /** That transaction's sender. */
  readonly publisher: Address;
  /** A document of the publisher's tools; the node does not read it. */
  readonly source: string;
  /** The publisher's, over `sourceStatement` (ERC-191): r, s and v, 65 bytes. */
  readonly signature: Hex;
};

/** Something that a contract printed. */
export type ConsoleLine = {
  /** From 1, in the order of arrival. */
  readonly number: number;
  readonly contract: Address;
  readonly during: "block" | "query" | "container call";
  readonly text: string;
};

export type ConsolePage = {
  readonly lines: readonly ConsoleLine[];
  /** The number of the newest line of all, 0 when there is none: what the next question begins after. */
  readonly last: number;
};

export type ChainEvent =
  | { readonly type: "block"; readonly block: KnownBlock }
  /** Only on a chain with cheats: the blocks after this one are undone. */
  | { readonly type: "rewind"; readonly head: KnownBlock }
  | { readonly type: "pendingTransaction"; readonly transaction: SignedTransaction };
