import assert from "node:assert/strict";
import {
  type Address,
  type BlockContext,
  type BlockExecution,
  contractAddress,
  EvmExecutor,
  type ExecutableTransaction,
  FrameStack,
  fromHex,
  MemoryView,
  PhpTier,
  type TransactionOutcome,
  toHex,
  WasmTier,
  ZERO_ADDRESS,
  ZERO_HASH,
} from "@delchain/runtime";
import type { Hex } from "viem";
import { currentPins } from "../../runtime/php/testing/phpChain.ts";

/** Below the transaction gas cap. */
const GAS_LIMIT = 60_000_000n;
const FUNDS = 10n ** 24n;

const BLOCK: BlockContext = {
  chainId: 31_337n,
  number: 1n,
  timestamp: 1_800_000_000n,
  // Many contracts in one block, and no test of block limits.
  gasLimit: 2n ** 40n,
  baseFee: 0n,
  producer: ZERO_ADDRESS,
  randomness: ZERO_HASH,
};

/** One for all ledgers, as in a thread of a node: the interpreter boots once, and when it is first called. */
const frames = new FrameStack();
const phpTier = new PhpTier({ pins: currentPins(), frames });

/** One open block of a chain with the EVM and both WebAssembly tiers, on which these accounts have money. */
export class Ledger {
  readonly block: BlockExecution;
  readonly #deployer: Address;
  readonly #nonces = new Map<Address, bigint>();

  /** The first account deploys. `print` takes what contracts print on a devnet. */
  constructor(accounts: readonly [Address, ...Address[]], print?: (line: string) => void) {
    const view = new MemoryView();
    for (const account of accounts) view.set(account, { balance: FUNDS });
    this.#deployer = accounts[0];
    const wasmTier = new WasmTier(
      print === undefined ? { frames } : { frames, print: (_, text) => print(text) },
    );
    const tiers = [wasmTier, phpTier];
    const executor = new EvmExecutor({ tiers, transactionGasCap: 2 ** 26 });
    this.block = executor.openBlock(BLOCK, view);
  }

  send(sender: Address, to: Address | undefined, data: Hex, value = 0n): TransactionOutcome {
    const nonce = this.#nonces.get(sender) ?? 0n;
    this.#nonces.set(sender, nonce + 1n);
    const transaction: ExecutableTransaction = {
      type: 2,
      sender,
      to,
      nonce,
      gasLimit: GAS_LIMIT,
      maxFeePerGas: 0n,
      maxPriorityFeePerGas: 0n,
      value,
      data: fromHex(data),
      accessList: [],
    };
    const [outcome] = this.block.execute([transaction]);
    assert.ok(outcome !== undefined);
    return outcome;
  }

  deploy(initCode: Hex, what = "a contract"): Address {
    const at = contractAddress(this.#deployer, this.#nonces.get(this.#deployer) ?? 0n);
    const outcome = this.send(this.#deployer, undefined, initCode);
    assert.deepEqual(
      [outcome.status, outcome.status === "success" && outcome.created],
      ["success", at],
      `${what}: ${JSON.stringify(plain(outcome))}`,
    );
    return at;
  }

  /** Slots that are not as they were when the block began. */
  storage(address: Address): readonly object[] {
    return this.block.diff().accounts.find((one) => one.address === address)?.slots ?? [];
  }
}

/** What a call came to, without its gas. */
export function plain(outcome: TransactionOutcome): object {
  if (outcome.status === "success" || outcome.status === "revert") {
    return { status: outcome.status, output: toHex(outcome.output) };
  }
  return { status: outcome.status, reason: outcome.reason };
}
