import type { Address, Hash, PhpPins } from "@delchain/runtime";
import type { Host } from "../attest/committee.ts";
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
  /** Who may run containers. */
  readonly hosts: readonly Host[];

  /** The system contract that holds the ordered container calls. */
  readonly queueAddress: Address;
  /** Ordered and not yet certified calls of one contract. */
  readonly queueLengthMax: number;
  readonly ordersMax: number;
  readonly certificatesMax: number;
  readonly certificateBytesMax: number;
  readonly certificateSlotsMax: number;
  readonly transactionBytesMax: number;
  readonly blockBytesMax: number;
};

export type GenesisSpec = {
  /** Seconds since 1970. */
  readonly timestamp: bigint;
  /** The header's `mixHash`. */
  readonly randomness: Hash;
  readonly balances: readonly { readonly address: Address; readonly balance: bigint }[];
};
