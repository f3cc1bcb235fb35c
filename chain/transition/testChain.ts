import {
  type Address,
  type BlockContext,
  createExecutor,
  type Executor,
  encodeManifest,
  encodeStoredCode,
  fromHex,
  type Hash,
  keccak256,
  type Manifest,
  MemoryView,
  toAddress,
} from "@delchain/runtime";
import { privateKeyToAccount } from "viem/accounts";
import type { Bls } from "../attest/bls.ts";
import { nobleBls } from "../attest/nobleBls.ts";
import { DEVNET } from "../spec/devnet.ts";
import { genesisDiff } from "../spec/genesis.ts";
import type { ChainSpec } from "../spec/spec.ts";
import { decodeTransaction } from "../tx/codec.ts";
import { nobleRecovery, recoverSender, withSender } from "../tx/signer.ts";
import type { SignedTransaction } from "../tx/transaction.ts";
import type { BlockContent, ExecutedContent } from "./executeBlock.ts";
import { executeBlock } from "./executeBlock.ts";

/** Foundry's and hardhat's first keys: the devnet's funded accounts. */
export const ALICE_KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
export const ALICE: Address = toAddress("0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266");
export const CONTAINER: Address = toAddress("0x00000000000000000000000000000000000c0de0");
export const MANIFEST: Uint8Array = testManifest("test");
export const GWEI: bigint = 10n ** 9n;

/** A manifest of the small class, which tests tell from others by its name. */
export function testManifest(name: string, policies: Partial<Manifest> = {}): Uint8Array {
  return encodeManifest({
    name,
    image: `sha256:${"00".repeat(32)}`,
    platform: "linux/amd64",
    entrypoint: ["/test"],
    resources: "small",
    payable: false,
    isolation: "fork",
    determinism: "standard",
    attestation: "identical",
    ...policies,
  });
}
/** A chain in memory: the transition, the engine and maps; no store and no threads. For tests. */
export class TestChain {
  readonly view: MemoryView = new MemoryView();
  readonly spec: ChainSpec;
  readonly bls: Bls;
  readonly #executor: Executor;
  number = 0n;

  /** With the EVM alone, unless an executor is given. */
  constructor(spec: ChainSpec = DEVNET, executor?: Executor, bls: Bls = nobleBls) {
    this.spec = spec;
    this.bls = bls;
    const transactionGasCap = Number(spec.transactionGasMax);
    this.#executor = executor ?? createExecutor({ tiers: [], transactionGasCap });
    this.view.apply(genesisDiff(spec));
    const payloadHash = this.view.putCode(MANIFEST);
    this.view.set(CONTAINER, { nonce: 1n, code: encodeStoredCode({ kind: 3, payloadHash }) });
  }

  /** Executes a block on top and takes over what it changed. */
  run(content: Partial<BlockContent>): ExecutedContent {
    const executed = this.execute(content);
    this.view.apply(executed.diff);
    this.number += 1n;
    return executed;
  }

  /** Executes a block on top and forgets it. */
  execute(content: Partial<BlockContent>): ExecutedContent {
    const block = this.context();
    const execution = this.#executor.openBlock(block, this.view);
    return executeBlock(
      execution,
      { certificates: [], overdue: [], transactions: [], orders: [], ...content },
      {
        block,
        containerBaseFee: GWEI,
        parent: this.view,
        ancestor: (number) => ({
          hash: this.hashOf(number),
          randomness: this.hashOf(number),
          timestamp: this.timeOf(number),
        }),
        pricesOf: () => ({ execute: GWEI, order: GWEI }),
        spec: this.spec,
        bls: this.bls,
      },
    );
  }

  context(): BlockContext {
    return {
      chainId: this.spec.chainId,
      number: this.number + 1n,
      timestamp: this.timeOf(this.number + 1n),
      gasLimit: this.spec.blockGasLimit,
      baseFee: GWEI,
      producer: toAddress(`0x${"99".repeat(20)}`),
      randomness: this.hashOf(this.number + 1n),
    };
  }

  /** Ten seconds a block. */
  timeOf(number: bigint): bigint {
    return 1_800_000_000n + 10n * number;
  }

  hashOf(number: bigint): Hash {
    return keccak256(new TextEncoder().encode(`block ${number}`));
  }

  balance(address: Address): bigint {
    return this.view.account(address)?.balance ?? 0n;
  }
}

type Request = {
  readonly nonce: number;
  readonly to?: Address;
  readonly value?: bigint;
  readonly data?: `0x${string}`;
  readonly gas?: bigint;
  readonly maxFeePerGas?: bigint;
  readonly maxPriorityFeePerGas?: bigint;
};

export async function sign(
  request: Request,
  key: `0x${string}` = ALICE_KEY,
): Promise<SignedTransaction> {
  const raw = await privateKeyToAccount(key).signTransaction({
    type: "eip1559",
    chainId: Number(DEVNET.chainId),
    gas: 500_000n,
    maxFeePerGas: 3n * GWEI,
    maxPriorityFeePerGas: GWEI,
    ...request,
  });
  const decoded = decodeTransaction(fromHex(raw), DEVNET);
  return withSender(decoded, recoverSender(decoded, nobleRecovery));
}
