import type { Address, Hash, PhpPins, ResourceClass } from "@delchain/runtime";
import type { Host } from "../attest/committee.ts";
import type { CommitteeSizes } from "../attest/levels.ts";
import type { BaseFeeRule } from "./baseFee.ts";

/**
 * What every node of one network must agree on before the first block. Amounts in wei, gas in gas, sizes in
 * bytes; a network is one value of this type, and the devnet is a preset of it.
 */
export type ChainSpec = {
  readonly network: string;
  /**
   * Whether whoever reaches a node may write its state, set its clock and send for any account: for chains that
   * tests run against. A network that means anything has it `false`.
   */
  readonly cheats: boolean;
  /** EIP-155. */
  readonly chainId: bigint;
  readonly genesis: GenesisSpec;

  /** Both markets follow it. */
  readonly baseFeeRule: BaseFeeRule;
  /** Gas that the transactions of the synchronous tiers may use in one block. */
  readonly blockGasLimit: bigint;
  /** The highest gas limit that one transaction may name. */
  readonly transactionGasMax: bigint;
  /** In wei per gas. */
  readonly initialBaseFee: bigint;

  /** The sum of gas limits of the container calls that one block may order. */
  readonly containerGasLimit: bigint;
  /** In wei per gas of the container tier. */
  readonly initialContainerBaseFee: bigint;
  /** What ordering a container call costs; a diverged or timed-out call costs this and no more. */
  readonly orderGas: bigint;

  /**
   * An ordered call that no committee has certified when so many blocks and so many seconds have passed is given up.
   * Both, so that neither a halted chain nor a fast one runs it down.
   */
  readonly orderDeadlineBlocks: bigint;
  readonly orderDeadlineSeconds: bigint;
  /** Calls that one block may give up. */
  readonly overdueMax: number;
  /** The interpreter that runs PHP; `undefined` on a network whose contracts are of other languages. */
  readonly php: PhpPins | undefined;

  /** Blocks between the ordering block and the one whose randomness completes the committee's seed. */
  readonly committeeSeedDelay: number;
  /** Members that judge a batch at each level, where there are hosts enough. */
  readonly committeeSizes: CommitteeSizes;
  /** After so many blocks without a certificate a batch's next level begins. */
  readonly levelBlocks: bigint;
  /**
   * Blocks until what a certificate sends is delivered when more hosts could have judged it, within which it can be
   * cancelled. 720 is meant for a network, an hour of blocks of five seconds; 0 delivers at once.
   */
  readonly challengeBlocks: bigint;
  /** After so many blocks a contested result that has no verdict gets none. */
  readonly verdictBlocks: bigint;
  /** What a challenger puts up at least, in wei: it pays the judges if they find the same. */
  readonly challengeBond: bigint;
  /**
   * Hosts that a class has before its contracts may send anything. 4 is meant for a network: fewer cannot outvote one
   * that lies.
   */
  readonly sendingHostsMin: number;
  /** Who may run containers from the first block on; the registry has the others. */
  readonly hosts: readonly Host[];
  readonly hostRules: HostRules;
  readonly contractRules: ContractRules;

  /** The system contract that holds the ordered container calls. */
  readonly queueAddress: Address;
  /** The system contract that holds messages between contracts. */
  readonly messagesAddress: Address;
  /** The system contract where hosts register. */
  readonly hostsAddress: Address;
  /** The system contract that knows versions, suspensions and rents of containers. */
  readonly contractsAddress: Address;
  /** The system contract where results are contested. */
  readonly challengesAddress: Address;
  /** Contracts that the protocol brings, at genesis: `messagesAddress` and others, with their code. */
  readonly systemContracts: readonly SystemContract[];
  /** Ordered and not yet certified calls of one contract. */
  readonly queueLengthMax: number;
  /** Messages that one block delivers, and the sum of their gas limits. */
  readonly messagesMax: number;
  readonly messageGasLimit: bigint;
  /** Bytes of a message's result that its callback carries. */
  readonly messageResultMax: number;
  readonly ordersMax: number;
  readonly certificatesMax: number;
  /** Of a block's certificates, those that fix commitments: each member's signature is over a message of its own. */
  readonly commitmentsMax: number;
  readonly certificateBytesMax: number;
  readonly certificateSlotsMax: number;
  readonly transactionBytesMax: number;
  readonly blockBytesMax: number;
};

/** What Hosts.sol holds hosts to; amounts in wei, times in blocks. */
export type HostRules = {
  /** One is one place in the draw. */
  readonly stakeUnit: bigint;
  /** The draw looks at all of them. */
  readonly hostsMax: number;
  /** From registration to the first draw. */
  readonly joinBlocks: bigint;
  /** From notice to the last draw. */
  readonly noticeBlocks: bigint;
  /** From the last draw until the stake is given back; also the window in which slashings add up. */
  readonly unbondingBlocks: bigint;
  /** Batches missed in one epoch that send a host to jail. */
  readonly missesMax: number;
  readonly epochBlocks: bigint;
  readonly jailBlocks: bigint;
};

/** What Contracts.sol holds container contracts to; amounts in wei, times in blocks. */
export type ContractRules = {
  /** How long a switch to another version can be undone. */
  readonly rollbackBlocks: bigint;
  /** Slots of one contract that are kept for that; a switch after which more have changed stands. */
  readonly rollbackSlotsMax: number;
  /** Rollbacks that one block looks at. */
  readonly rollbacksMax: number;
  /** One strike counts for a sender in each. */
  readonly epochBlocks: bigint;
  /** A block, by class; zero where nobody pays for being kept. */
  readonly rent: Readonly<Record<ResourceClass, bigint>>;
  /** A contract is warned so long before its escrow is used up. */
  readonly warningBlocks: bigint;
  /** From frozen to archived. */
  readonly archiveBlocks: bigint;
  /** Escrows that one block looks at. */
  readonly sweepMax: number;
};

export type SystemContract = { readonly address: Address; readonly code: Uint8Array };

export type GenesisSpec = {
  /** Seconds since 1970. */
  readonly timestamp: bigint;
  /** The header's `mixHash`. */
  readonly randomness: Hash;
  readonly balances: readonly { readonly address: Address; readonly balance: bigint }[];
};
