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
export { devnet } from "./chains.ts";
export { type ContractInfo, getContractInfo, getPayload } from "./contract.ts";
export { type Program, type ProgramKind, programCode } from "./program.ts";
export type { DelchainRpcSchema } from "./rpcSchema.ts";
