import {
  type Address,
  type BlockContext,
  type ExecutableTransaction,
  fromHex,
  keccak256Bytes,
  type StateDiff,
  type TransactionOutcome,
  toHex,
} from "@delchain/runtime";
import { createBlock } from "@ethereumjs/block";
import { Common, Mainnet } from "@ethereumjs/common";
import { MerkleStateManager } from "@ethereumjs/statemanager";
import { createTx } from "@ethereumjs/tx";
import { Account, Address as OracleAddress } from "@ethereumjs/util";
import { createVM, runTx, type VM } from "@ethereumjs/vm";

/** What both engines are held to: a receipt's consensus fields. */
export type Receipt =
  | { readonly status: "invalid" }
  | {
      readonly status: "success" | "failure";
      readonly gasUsed: bigint;
      readonly logs: readonly unknown[];
    };

export function receiptOf(outcome: TransactionOutcome): Receipt {
  if (outcome.status === "invalid") return { status: "invalid" };
  const { gasUsed } = outcome;
  if (outcome.status !== "success") return { status: "failure", gasUsed, logs: [] };
  const logs = outcome.logs.map(({ address, topics, data }) => [address, [...topics], toHex(data)]);
  return { status: "success", gasUsed, logs };
}

/** The hash is a third of ethereumjs' time with its own keccak-256; ours is held to noble elsewhere. */
function commonFor(chainId: bigint, hardfork: string): Common {
  return new Common({
    chain: { ...Mainnet, chainId: Number(chainId) },
    hardfork,
    customCrypto: { keccak256: keccak256Bytes },
  });
}

/** A state in ethereumjs' tries, which knows its root. */
export class OracleState {
  readonly manager: MerkleStateManager;

  constructor(common?: Common) {
    this.manager = new MerkleStateManager(common ? { common } : {});
  }

  async fund(address: Address, balance: bigint): Promise<void> {
    await this.manager.putAccount(oracleAddress(address), new Account(0n, balance));
  }

  async place(address: Address, code: Uint8Array): Promise<void> {
    await this.manager.putAccount(oracleAddress(address), new Account(1n, 0n));
    await this.manager.putCode(oracleAddress(address), code);
  }

  async root(): Promise<string> {
    await this.manager.flush();
    return toHex(await this.manager.getStateRoot());
  }

  async apply({ accounts }: StateDiff): Promise<void> {
    for (const { address, exists, nonce, balance, codeHash, wiped, slots } of accounts) {
      const at = oracleAddress(address);
      if (!exists) {
        await this.manager.deleteAccount(at);
        continue;
      }
      const before = await this.manager.getAccount(at);
      const account = new Account(nonce, balance, before?.storageRoot, fromHex(codeHash));
      await this.manager.putAccount(at, account);
      if (wiped) await this.manager.clearStorage(at);
      for (const { slot, value } of slots) {
        await this.manager.putStorage(at, fromHex(slot), stripped(fromHex(value)));
      }
    }
  }
}

/** @ethereumjs/vm as a chain of its own: the same transactions, by another implementation. */
export class OracleChain {
  readonly state: OracleState;
  readonly #common: Common;
  readonly #vm: VM;

  private constructor(common: Common, state: OracleState, vm: VM) {
    this.#common = common;
    this.state = state;
    this.#vm = vm;
  }

  static async create(chainId: bigint, hardfork: string): Promise<OracleChain> {
    const common = commonFor(chainId, hardfork);
    const state = new OracleState(common);
    return new OracleChain(common, state, await createVM({ common, stateManager: state.manager }));
  }

  async runBlock(
    context: BlockContext,
    transactions: readonly ExecutableTransaction[],
  ): Promise<Receipt[]> {
    const header = {
      number: context.number,
      timestamp: context.timestamp,
      gasLimit: context.gasLimit,
      baseFeePerGas: context.baseFee,
      coinbase: context.producer,
      mixHash: fromHex(context.randomness),
    };
    const options = { common: this.#common, skipConsensusFormatValidation: true };
    const block = createBlock({ header }, options);
    const receipts: Receipt[] = [];
    // One checkpoint around the block keeps runTx from writing the trie after each transaction.
    await this.state.manager.checkpoint();
    for (const transaction of transactions) receipts.push(await this.#run(block, transaction));
    await this.state.manager.commit();
    return receipts;
  }

  async #run(
    block: ReturnType<typeof createBlock>,
    transaction: ExecutableTransaction,
  ): Promise<Receipt> {
    try {
      const tx = this.#unsigned(transaction);
      const result = await runTx(this.#vm, { block, tx, skipHardForkValidation: true });
      const logs = (result.receipt.logs ?? []).map(([address, topics, data]) => [
        toHex(address),
        topics.map(toHex),
        toHex(data),
      ]);
      const { exceptionError } = result.execResult;
      return {
        status: exceptionError === undefined ? "success" : "failure",
        gasUsed: result.totalGasSpent,
        logs,
      };
    } catch (error) {
      // The oracle refuses by exception; what is no refusal shows in the root.
      if (error instanceof Error) return { status: "invalid" };
      throw error;
    }
  }

  /** The sender is given, so that no signature need be made and recovered. */
  #unsigned(transaction: ExecutableTransaction): ReturnType<typeof createTx> {
    const { type, sender, to, maxFeePerGas, maxPriorityFeePerGas, accessList } = transaction;
    const shared = {
      type,
      nonce: transaction.nonce,
      gasLimit: transaction.gasLimit,
      value: transaction.value,
      data: transaction.data,
      ...(to === undefined ? {} : { to: oracleAddress(to) }),
    };
    const list = accessList.map(({ address, slots }) => ({ address, storageKeys: [...slots] }));
    const data =
      type === 0
        ? { ...shared, gasPrice: maxFeePerGas }
        : type === 1
          ? { ...shared, gasPrice: maxFeePerGas, accessList: list }
          : { ...shared, maxFeePerGas, maxPriorityFeePerGas, accessList: list };
    const tx = createTx(data, { common: this.#common, freeze: false });
    const from = oracleAddress(sender);
    return Object.assign(tx, { getSenderAddress: () => from, isSigned: () => true });
  }
}

function oracleAddress(address: Address): OracleAddress {
  return new OracleAddress(fromHex(address));
}

function stripped(bytes: Uint8Array): Uint8Array {
  const first = bytes.findIndex((byte) => byte !== 0);
  return first < 0 ? new Uint8Array(0) : bytes.subarray(first);
}
