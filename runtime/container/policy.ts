import { z } from "zod";
import type { Address } from "../types/address.ts";

/** Who may change a contract's version, and how. */
export type UpgradePolicy = {
  /** Proposes versions, switches to them, suspends and retires. */
  readonly admin: Address;
  /** All of them must approve a version, the first one too, before it runs. */
  readonly approvers: readonly Address[];
  /** Blocks from a proposal to the earliest switch. */
  readonly timelock: number;
  /** How many former versions, each with its storage, can be gone back to: 0 or 1. */
  readonly keep: number;
  /** Whether this version has `delchain_migrateBack()`, and takes over what a later one has written. */
  readonly migrateBack: boolean;
};

export type HostingPolicy = {
  /** Hosts that must have started and tested a version before it runs; all of its class where there are fewer. */
  readonly replicas: number;
  /** Wei a block, in decimals, that it pays each of them at most beside its class's rent; nothing unless given. */
  readonly priceCap?: string | undefined;
  /** Wei, in decimals, that the contract's escrow must hold before a version runs. */
  readonly deposit?: string | undefined;
};

const APPROVERS_MAX = 16;
/** 90 days at five seconds a block: what stands longer is not watched any more. */
const TIMELOCK_MAX = 1_555_200;
/** The largest committee. */
const REPLICAS_MAX = 61;

const RULES = {
  address: "0x and 40 lower-case hex digits, not all zero",
  approvers: `a list of at most ${APPROVERS_MAX} different addresses`,
  timelock: `blocks, a whole number of 0 to ${TIMELOCK_MAX}`,
  keep: "0 or 1",
  migrateBack: "true or false",
  replicas: `a whole number of 1 to ${REPLICAS_MAX}`,
  upgrade: "an object with admin, approvers, timelock, keep and migrateBack",
  wei: "wei in quotes, a whole number below 2^128 without leading zeros",
  hosting: "an object with replicas and, where they are wanted, priceCap and deposit",
} as const;

const address = z
  .string(RULES.address)
  .regex(/^0x(?!0{40})[0-9a-f]{40}$/, RULES.address) as unknown as z.ZodType<Address>;

export const UPGRADE_POLICY: z.ZodType<UpgradePolicy> = z.strictObject(
  {
    admin: address,
    approvers: z
      .array(address, RULES.approvers)
      .max(APPROVERS_MAX, RULES.approvers)
      .refine((list) => new Set(list).size === list.length, RULES.approvers),
    timelock: z.int(RULES.timelock).min(0, RULES.timelock).max(TIMELOCK_MAX, RULES.timelock),
    keep: z.int(RULES.keep).min(0, RULES.keep).max(1, RULES.keep),
    migrateBack: z.boolean(RULES.migrateBack),
  },
  RULES.upgrade,
);

const wei = z
  .string(RULES.wei)
  .regex(/^(0|[1-9][0-9]{0,38})$/, RULES.wei)
  .refine((digits) => BigInt(digits) < 2n ** 128n, RULES.wei);

export const HOSTING_POLICY: z.ZodType<HostingPolicy> = z.strictObject(
  {
    replicas: z.int(RULES.replicas).min(1, RULES.replicas).max(REPLICAS_MAX, RULES.replicas),
    priceCap: wei.optional(),
    deposit: wei.optional(),
  },
  RULES.hosting,
);
