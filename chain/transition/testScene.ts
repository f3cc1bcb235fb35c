import {
  type Address,
  assert,
  bigintToBytes,
  encodeStoredCode,
  type Hash,
  hashFromBytes,
  keccak256,
  type SlotChange,
  toAddress,
} from "@delchain/runtime";
import { privateKeyToAccount } from "viem/accounts";
import type { Bls } from "../attest/bls.ts";
import type { CertifiedCall } from "../attest/certificate.ts";
import { DEVNET, DEVNET_KEYS } from "../spec/devnet.ts";
import type { ContractRules } from "../spec/spec.ts";
import { readContract } from "../system/contractRegistry.ts";
import { SystemCaller } from "../system/testSystem.ts";
import type { SignedTransaction } from "../tx/transaction.ts";
import type { CertifiedBatch, ExecutedContent } from "./executeBlock.ts";
import { readContractQueue } from "./queue.ts";
import { runningManifest } from "./runningManifest.ts";
import { certifiedCall, certify } from "./testCertificate.ts";
import { CONTAINER, sign, TestChain, testManifest } from "./testChain.ts";

const KEYS = DEVNET_KEYS as readonly `0x${string}`[];
/** Of the devnet's accounts. */
export const ADDRESSES: readonly Address[] = KEYS.map((key) =>
  toAddress(privateKeyToAccount(key).address.toLowerCase()),
);
/** The admin is account 0. */
export const ADMIN: Address = ADDRESSES[0] as Address;
export const NEXT: Address = toAddress(`0x${"c2".repeat(20)}`);
export const NEXT_MANIFEST: Uint8Array = testManifest("second");
// `cast sig "delchain_migrate()"` and `cast sig "delchain_migrateBack()"`.
export const MIGRATE = "0xf4049769";
export const MIGRATE_BACK = "0xb6849b1b";
const NO_POLICY = {
  admin: ADMIN,
  class: 0,
  replicas: 0,
  timelock: 0,
  keepsFormer: true,
  canMigrateBack: false,
  isDeclared: false,
  priceCap: 0n,
  deposit: 0n,
};

const slot = (index: number): Hash => hashFromBytes(bigintToBytes(BigInt(index), 32));
/** A slot and its value, by small numbers. */
export const put = (index: number, value: number): SlotChange => ({
  slot: slot(index),
  value: slot(value),
});

export type Policy = {
  readonly replicas?: number;
  readonly canMigrateBack?: boolean;
  readonly priceCap?: bigint;
  readonly deposit?: bigint;
};

export type Ordered = {
  readonly signed: SignedTransaction;
  readonly index: bigint;
  readonly orderedIn: bigint;
};
type Result = {
  readonly outcome?: CertifiedCall["outcome"] | "diverged";
  readonly slots?: readonly SlotChange[];
};

/** A container on a chain in memory, that declares a policy unless told not to, and what its users do. */
export class Scene {
  readonly chain: TestChain;
  readonly caller: SystemCaller;
  readonly #nonces = new Map<number, number>();

  constructor(bls: Bls, policy: Policy | "none" = {}, rules: Partial<ContractRules> = {}) {
    const contractRules = { ...DEVNET.contractRules, ...rules };
    this.chain = new TestChain({ ...DEVNET, contractRules }, undefined, bls);
    this.caller = new SystemCaller(this.chain);
    const payloadHash = this.chain.view.putCode(NEXT_MANIFEST);
    this.chain.view.set(NEXT, { nonce: 1n, code: encodeStoredCode({ kind: 3, payloadHash }) });
    if (policy === "none") return;
    for (const from of [CONTAINER, NEXT]) {
      this.caller.send("Contracts", "declare", [{ ...NO_POLICY, ...policy }, []], { from });
    }
  }

  /** A call by an account of the devnet. */
  async signed(
    account: number,
    data: `0x${string}` = "0x01",
    value = 0n,
  ): Promise<SignedTransaction> {
    const nonce = this.#nonces.get(account) ?? 0;
    return sign({ nonce, to: CONTAINER, data, value }, KEYS[account]);
  }

  /** Ordered in a block of its own. */
  async order(account: number, data?: `0x${string}`, value?: bigint): Promise<Ordered> {
    const signed = await this.signed(account, data, value);
    const { entries, refused } = this.chain.run({ orders: [signed] });
    assert(refused.length === 0, `nothing is refused: ${refused[0]?.reason}`);
    this.#nonces.set(account, (this.#nonces.get(account) ?? 0) + 1);
    return { signed, index: entries[0]?.index ?? 0n, orderedIn: this.chain.number };
  }

  /** Why a call is not ordered. */
  async refusal(account: number, data?: `0x${string}`): Promise<string> {
    const { refused } = this.chain.execute({ orders: [await this.signed(account, data)] });
    return refused[0]?.reason ?? "it is ordered";
  }

  certificate(
    calls: readonly Ordered[],
    { outcome = "success", slots = [] }: Result,
  ): CertifiedBatch {
    const found = (output: number) => ({
      calls: calls.map(({ index }) =>
        certifiedCall(index, {
          outcome: outcome === "diverged" ? "success" : outcome,
          outputHash: keccak256(Uint8Array.of(output)),
        }),
      ),
      slots,
    });
    const number = calls[0]?.orderedIn ?? 0n;
    const certificate = certify(
      this.chain,
      number,
      found(1),
      found(outcome === "diverged" ? 2 : 1),
    );
    return { certificate, transactions: calls.map(({ signed }) => signed) };
  }

  /** A block with the certificate over calls that one block ordered. */
  settle(calls: readonly Ordered[], result: Result = {}): ExecutedContent {
    const executed = this.chain.run({ certificates: [this.certificate(calls, result)] });
    const [refused] = executed.refused;
    assert(refused === undefined, `nothing is refused: ${refused?.reason}`);
    return executed;
  }

  async call(account: number, result: Result = {}, value?: bigint): Promise<void> {
    this.settle([await this.order(account, "0x01", value)], result);
  }

  act(name: string, args: readonly unknown[] = [], from: Address = ADMIN): void {
    this.caller.send("Contracts", name, [CONTAINER, ...args], { from });
  }

  async upgrade(slots: readonly SlotChange[] = []): Promise<void> {
    this.act("propose", [NEXT]);
    this.settle([await this.order(0, MIGRATE)], { slots });
  }

  get status(): string {
    return readContract(this.chain.view, DEVNET.contractsAddress, CONTAINER).status;
  }

  get manifest(): Hash | undefined {
    return runningManifest(this.chain.view, CONTAINER, DEVNET);
  }

  values(...indexes: readonly number[]): readonly bigint[] {
    return indexes.map((index) => BigInt(this.chain.view.storage(CONTAINER, slot(index))));
  }

  get waiting(): bigint {
    return readContractQueue(this.chain.view, DEVNET.queueAddress, CONTAINER).count;
  }
}
