// The front door of @delchain/sdk: an extension of viem, for browsers and Node alike.

export { type DelchainActions, delchainActions } from "./actions.ts";
export { type Attestation, type Attestations, getAttestations } from "./attestations.ts";
export {
  type Call,
  CallNotSettledError,
  type CallPhase,
  type CallStatus,
  getCall,
  isSettled,
  type WaitForCall,
  type WatchCall,
  waitForCall,
  watchCall,
} from "./call.ts";
export { type CauseText, describeCause } from "./causes.ts";
export { devnet } from "./chains.ts";
export { type Challenge, getChallenge, type JudgedBatch } from "./challenge.ts";
export { getConsole, type Printed, type PrintedLine } from "./console.ts";
export { constructionCall } from "./construction.ts";
export { type ContractInfo, getContractInfo, getPayload } from "./contract.ts";
export { type Candidate, type ContractLife, getContractLife, type Keeper } from "./contractLife.ts";
export { describeDifference } from "./difference.ts";
export {
  type ExplainedCause,
  type Explanation,
  type ExplanationState,
  getExplanation,
  type ReplicaDifference,
  type ReplicaResult,
  waitForExplanation,
} from "./explanation.ts";
export { type ExplainFailure, explainFailure } from "./failure.ts";
export { getHosts, type Host } from "./hosts.ts";
export { type Program, type ProgramKind, programCode } from "./program.ts";
export { RESOURCE_CLASSES, type ResourceClass } from "./resourceClass.ts";
export type { DelchainRpcSchema } from "./rpcSchema.ts";
export { challengesContract, contractsContract, hostsContract } from "./systemContracts.ts";
