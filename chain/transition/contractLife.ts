import type { Address, BlockExecution, Log, SlotChange } from "@delchain/runtime";
import type { ChainSpec } from "../spec/spec.ts";
import { type AbiValue, encodeCall } from "../system/callData.ts";
import {
  hasStrikes,
  isSweepDue,
  readCandidate,
  readContract,
  readDraining,
  readHistory,
  readSuspendedBefore,
} from "../system/contractRegistry.ts";
import { describeError } from "../system/describeError.ts";
import { readContractQueue, readQueueTotals } from "./queue.ts";
import { lastSwitch, restoreStorage, saveStorage } from "./savedStorage.ts";
import type { SettledCall } from "./settleCall.ts";
import { systemCall, trySystemCall } from "./systemCall.ts";

// What blocks do to the life of container contracts: the protocol's half of Contracts.sol.

type Spec = Pick<ChainSpec, "contractsAddress" | "contractRules" | "queueAddress">;

/**
 * Before a certificate's slots are written: while a switch can be undone, what they replace is kept. `index` is the
 * first call's.
 */
export function keepFormerStorage(
  execution: BlockExecution,
  contract: Address,
  index: bigint,
  changes: readonly SlotChange[],
  block: bigint,
  spec: Spec,
): void {
  const registry = spec.contractsAddress;
  const { version, switchIndex } = readContract(execution, registry, contract);
  if (version === undefined) return;
  const { previous, activatedAt } = readHistory(execution, registry, contract);
  if (switchIndex === index) {
    // A version that is gone back to leaves nothing to go back from.
    if (readCandidate(execution, registry, contract) === previous) return;
    saveStorage(execution, contract, index, changes, spec);
    return;
  }
  if (previous === undefined || block > activatedAt + spec.contractRules.rollbackBlocks) return;
  const switched = lastSwitch(execution, registry, contract);
  saveStorage(execution, contract, switched, changes, spec);
}

/**
 * Marks the place of the call that switches a contract to its candidate, which is the queue's next, if the candidate is
 * ready and the contract's admin asks. Else the reason why not, and nothing has changed.
 */
export function beginSwitch(
  execution: BlockExecution,
  contract: Address,
  sender: Address,
  { contractsAddress, queueAddress }: Spec,
): string | undefined {
  const { next } = readQueueTotals(execution, queueAddress);
  const input = encodeCall("beginSwitch(address,address,uint64)", [contract, sender, next]);
  const reason = trySystemCall(execution, contractsAddress, input);
  return reason && describeError("Contracts", reason);
}

/**
 * After a contract's calls were settled: switches, strikes, audits. They are of one block's order, never none;
 * `haveSent` tells whether any has sent a message. Returns what CONTRACTS logs, for the last call's receipt.
 */
export function afterSettled(
  execution: BlockExecution,
  contract: Address,
  calls: readonly SettledCall[],
  haveSent: boolean,
  spec: Spec,
): readonly Log[] {
  const registry = spec.contractsAddress;
  const logs: Log[] = [];
  const tell = (signature: string, values: readonly AbiValue[]) => {
    logs.push(...systemCall(execution, registry, encodeCall(signature, values)).logs);
  };
  const [first] = calls as [SettledCall];
  const { outcome, queueIndex } = first.record;
  const record = readContract(execution, registry, contract);
  if (record.switchIndex === queueIndex) {
    tell("endSwitch(address,bool)", [contract, outcome === "success"]);
  }
  if (record.version !== undefined && (haveSent || calls.some(movesValue))) {
    const { previous, hasMovedValue } = readHistory(execution, registry, contract);
    if (previous !== undefined && !hasMovedValue) tell("movedValue(address)", [contract]);
  }
  if (record.status === "suspended") {
    const before = readSuspendedBefore(execution, registry, contract);
    if (before > 0n && queueIndex >= before && outcome === "success") {
      tell("passedAudit(address)", [contract]);
    }
    return logs;
  }
  const diverged = calls.find(({ record: { outcome: how } }) => how === "diverged");
  if (diverged === undefined && !hasStrikes(execution, registry, contract)) return logs;
  const { next } = readQueueTotals(execution, spec.queueAddress);
  const striker = diverged === undefined ? 0n : BigInt(diverged.listed.sender);
  tell("settled(address,uint64,address,uint64)", [contract, BigInt(calls.length), striker, next]);
  return logs;
}

/** A call that was given up leaves its contract on the version that it had. */
export function afterGivenUp(
  execution: BlockExecution,
  contract: Address,
  index: bigint,
  { contractsAddress: registry }: Spec,
): readonly Log[] {
  if (readContract(execution, registry, contract).switchIndex !== index) return [];
  const input = encodeCall("endSwitch(address,bool)", [contract, false]);
  return systemCall(execution, registry, input).logs;
}

function movesValue({ record, listed }: SettledCall): boolean {
  return record.outcome === "success" && listed.transaction.value > 0n;
}

/**
 * Puts contracts back to the version before their last switch, as soon as nothing of theirs is in the queue: so that
 * every call runs on the version that it was ordered for. Some in a block; others wait for the next.
 */
export function finishRollbacks(execution: BlockExecution, spec: Spec): void {
  const registry = spec.contractsAddress;
  const waiting = readDraining(execution, registry, spec.contractRules.rollbacksMax);
  // The last takes the place of one that goes, so that places before it stay.
  for (let place = waiting.length - 1; place >= 0; place--) {
    const contract = waiting[place] as Address;
    if (readContractQueue(execution, spec.queueAddress, contract).count > 0n) continue;
    const isRestored = restoreStorage(execution, contract, spec);
    const input = encodeCall("endRollback(uint256,bool)", [BigInt(place), isRestored]);
    systemCall(execution, registry, input);
  }
}

/** Looks at contracts whose escrow runs out in this block, or ran out before and found no room. */
export function sweepRents(execution: BlockExecution, block: bigint, spec: Spec): void {
  const registry = spec.contractsAddress;
  if (!isSweepDue(execution, registry, block)) return;
  systemCall(
    execution,
    registry,
    encodeCall("sweep(uint64)", [BigInt(spec.contractRules.sweepMax)]),
  );
}

/** Whether a call waits in vain: strikes have suspended its contract, and it is paid out. */
export function isPaidOut(
  state: Pick<BlockExecution, "storage">,
  contract: Address,
  index: bigint,
  { contractsAddress: registry }: Pick<Spec, "contractsAddress">,
): boolean {
  if (readContract(state, registry, contract).status !== "suspended") return false;
  return index < readSuspendedBefore(state, registry, contract);
}
