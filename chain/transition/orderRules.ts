import { type Address, type BlockExecution, InvalidInput, toHex } from "@delchain/runtime";
import type { ChainSpec } from "../spec/spec.ts";
import { encodeCall } from "../system/callData.ts";
import {
  type ContractRecord,
  readAdmin,
  readContract,
  readSuspendedBefore,
} from "../system/contractRegistry.ts";
import { readContractQueue } from "./queue.ts";

/** Why a container takes no call now. */
export type NotOrderable = {
  readonly code:
    | "CONTRACT_PENDING"
    | "CONTRACT_SUSPENDED"
    | "CONTRACT_RETIRED"
    | "CONTRACT_FROZEN"
    | "CONTRACT_ARCHIVED"
    | "CONTRACT_ROLLING_BACK";
  readonly contract: Address;
};

type Reader = Pick<BlockExecution, "storage">;
type Spec = Pick<ChainSpec, "contractsAddress" | "queueAddress">;

/**
 * Whether a contract takes a call of this sender: what the mempool, producers and validators ask alike. A suspended one
 * takes one call at a time, of its admin or, when it has none, of anybody: the first that its replicas agree on resumes
 * it. Throws `InvalidInput<NotOrderable>`.
 */
export function checkOrderable(
  state: Reader,
  contract: Address,
  sender: Address,
  spec: Spec,
): void {
  const record = readContract(state, spec.contractsAddress, contract);
  const refusal = (code: NotOrderable["code"], message: string) =>
    new InvalidInput<NotOrderable>({ code, contract }, `${contract} ${message}`);
  if (record.status === "retired") {
    throw refusal("CONTRACT_RETIRED", "was retired by its admin and takes no calls any more");
  }
  if (record.status === "pending") {
    const missing =
      "is not active yet: its manifest asks for approvals, or for hosts that are ready";
    throw refusal(
      "CONTRACT_PENDING",
      `${missing}; delchain contract status says which are missing`,
    );
  }
  if (record.funding !== "funded") {
    const code = record.funding === "frozen" ? "CONTRACT_FROZEN" : "CONTRACT_ARCHIVED";
    throw refusal(code, `is ${record.funding}: its escrow is used up; anybody may top it up`);
  }
  if (record.isDraining) {
    throw refusal(
      "CONTRACT_ROLLING_BACK",
      "goes back to its last version when its queue is empty; try again then",
    );
  }
  if (record.status === "suspended") checkAudit(state, record, contract, sender, spec, refusal);
}

/** The same as an answer. */
export function isOrderable(
  state: Reader,
  contract: Address,
  sender: Address,
  spec: Spec,
): boolean {
  try {
    checkOrderable(state, contract, sender, spec);
    return true;
  } catch (error) {
    if (error instanceof InvalidInput) return false;
    throw error;
  }
}

function checkAudit(
  state: Reader,
  { version }: ContractRecord,
  contract: Address,
  sender: Address,
  { contractsAddress, queueAddress }: Spec,
  refusal: (code: NotOrderable["code"], message: string) => InvalidInput,
): void {
  if (readSuspendedBefore(state, contractsAddress, contract) === 0n) {
    throw refusal("CONTRACT_SUSPENDED", "is suspended by its admin, who may resume it");
  }
  const admin = readAdmin(state, contractsAddress, version);
  if (admin !== undefined && sender !== admin) {
    throw refusal(
      "CONTRACT_SUSPENDED",
      `is suspended; it resumes after a call of its admin ${admin} that succeeds`,
    );
  }
  if (readContractQueue(state, queueAddress, contract).count > 0n) {
    throw refusal(
      "CONTRACT_SUSPENDED",
      "is suspended and takes one call at a time; wait for the one that is ordered",
    );
  }
}

/** Calldata of the calls that switch a contract to its candidate, by whether that ran before. */
export const MIGRATE: Uint8Array = encodeCall("delchain_migrate()", []);
export const MIGRATE_BACK: Uint8Array = encodeCall("delchain_migrateBack()", []);

const SWITCHES: ReadonlySet<string> = new Set([MIGRATE, MIGRATE_BACK].map(toHex));

/**
 * Whether a call is the one that switches a contract to its candidate, which runs it: `delchain_migrate()` of a new
 * version, `delchain_migrateBack()` of one that is gone back to. Nobody else may call these.
 */
export function isSwitch(input: Uint8Array): boolean {
  return input.length >= 4 && SWITCHES.has(toHex(input.subarray(0, 4)));
}
