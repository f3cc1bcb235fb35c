import { type Address, encodeStoredCode, type Hash, toAddress } from "@delchain/runtime";
import { getAddress } from "viem";
import { DEVNET } from "../spec/devnet.ts";
import type { ChainSpec, ContractRules } from "../spec/spec.ts";
import { CONTAINER, TestChain, testManifest } from "../transition/testChain.ts";
import { readContract } from "./contractRegistry.ts";
import { SystemCaller } from "./testSystem.ts";

export const ADMIN: Address = toAddress(`0x${"ad".repeat(20)}`);
export const ANN: Address = toAddress(`0x${"a1".repeat(20)}`);
export const BEN: Address = toAddress(`0x${"b1".repeat(20)}`);
export const NEXT: Address = toAddress(`0x${"c2".repeat(20)}`);
export const NEXT_MANIFEST: Uint8Array = testManifest("second");
export const NOBODY: Address = toAddress(`0x${"00".repeat(20)}`);
const policy = {
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
type Policy = {
  readonly class?: number;
  readonly replicas?: number;
  readonly timelock?: number;
  readonly keepsFormer?: boolean;
  readonly canMigrateBack?: boolean;
  readonly priceCap?: bigint;
  readonly deposit?: bigint;
};

/** Ten wei a block for a small one, with a warning five blocks before. */
export const RENT: Partial<ContractRules> = {
  rent: { small: 10n, medium: 100n, large: 1_000n },
  warningBlocks: 5n,
  archiveBlocks: 7n,
};
/** Whose calls diverge. */
export const SENDERS: readonly Address[] = ["51", "52", "53", "54"].map((byte) =>
  toAddress(`0x${byte.repeat(20)}`),
);

/** A container with policies of its own, and another that may become its next version. */
export class Life extends SystemCaller {
  constructor(
    own: Policy = {},
    approvers: readonly Address[] = [],
    next: Policy = {},
    rules: Partial<ContractRules> = {},
    hosts: ChainSpec["hosts"] = DEVNET.hosts,
  ) {
    const contractRules = { ...DEVNET.contractRules, ...rules };
    const spec: ChainSpec = { ...DEVNET, hosts, contractRules };
    super(new TestChain(spec));
    const payloadHash = this.chain.view.putCode(NEXT_MANIFEST);
    this.chain.view.set(NEXT, { nonce: 1n, code: encodeStoredCode({ kind: 3, payloadHash }) });
    this.declare(CONTAINER, own, approvers);
    this.declare(NEXT, next);
  }

  declare(from: Address, own: Policy = {}, approvers: readonly Address[] = []): unknown[] {
    return this.send("Contracts", "declare", [{ ...policy, ...own }, approvers], { from });
  }

  /** Of the container, by its admin unless another is named. */
  act(name: string, args: readonly unknown[] = [], from: Address = ADMIN, value = 0n): unknown[] {
    return this.send("Contracts", name, [CONTAINER, ...args], { from, value });
  }

  /** What the protocol tells of the container. */
  tell(name: string, ...args: readonly unknown[]): unknown[] {
    return this.send("Contracts", name, [CONTAINER, ...args]);
  }

  /** What a sweep finds of the container. */
  sweep(): unknown[] {
    const events = this.send("Contracts", "sweep", [256n]) as string[][];
    return events.filter(([, target]) => target === getAddress(CONTAINER));
  }

  get status(): string {
    const { status, funding } = readContract(this.chain.view, DEVNET.contractsAddress, CONTAINER);
    return funding === "funded" ? status : `${status}, ${funding}`;
  }

  get version(): Address | undefined {
    return readContract(this.chain.view, DEVNET.contractsAddress, CONTAINER).version;
  }

  /** Switches to `NEXT` by a call of its own. */
  upgrade(index = 1n): void {
    this.act("propose", [NEXT]);
    this.tell("beginSwitch", ADMIN, index);
    this.tell("endSwitch", true);
  }
}

export function manifestHash(life: Life, version: Address): Hash {
  return life.read("Contracts", "manifestOf", [version]) as Hash;
}
