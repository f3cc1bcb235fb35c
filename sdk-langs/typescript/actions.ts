import type { Address, Client, Hash, Hex, TransactionReceipt } from "viem";
import { type Attestations, getAttestations } from "./attestations.ts";
import {
  type Call,
  getCall,
  type WaitForCall,
  type WatchCall,
  waitForCall,
  watchCall,
} from "./call.ts";
import { type Challenge, getChallenge } from "./challenge.ts";
import { getConsole, type Printed } from "./console.ts";
import { type ContractInfo, getContractInfo, getPayload } from "./contract.ts";
import { type ContractLife, getContractLife } from "./contractLife.ts";
import { type ExplanationState, getExplanation } from "./explanation.ts";
import { type ExplainFailure, explainFailure } from "./failure.ts";
import { getHosts, type Host } from "./hosts.ts";

/** What `client.extend(delchainActions())` adds; each is also a function of its own that takes the client first. */
export type DelchainActions = {
  readonly getCall: (options: { hash: Hash }) => Promise<Call | undefined>;
  readonly watchCall: (options: WatchCall) => () => void;
  readonly waitForCall: (
    options: WaitForCall,
  ) => Promise<{ readonly call: Call; readonly receipt: TransactionReceipt }>;
  readonly getAttestations: (options: { hash: Hash }) => Promise<Attestations | undefined>;
  readonly getChallenge: (options: { hash: Hash }) => Promise<Challenge | undefined>;
  readonly getConsole: (options?: { after?: bigint; contract?: Address }) => Promise<Printed>;
  readonly explainFailure: (options: ExplainFailure) => Promise<string | undefined>;
  readonly getExplanation: (options: { hash: Hash }) => Promise<ExplanationState | undefined>;
  readonly getContractInfo: (options: { address: Address }) => Promise<ContractInfo | undefined>;
  readonly getContractLife: (options: { address: Address }) => Promise<ContractLife>;
  readonly getHosts: () => Promise<readonly Host[]>;
  readonly getPayload: (options: { address: Address }) => Promise<Hex | undefined>;
};

/** An extension of any viem client (viem.sh/docs/clients/custom#extending-with-actions-or-configuration). */
export function delchainActions(): (client: Client) => DelchainActions {
  return (client) => ({
    getCall: (options) => getCall(client, options),
    watchCall: (options) => watchCall(client, options),
    waitForCall: (options) => waitForCall(client, options),
    getAttestations: (options) => getAttestations(client, options),
    getChallenge: (options) => getChallenge(client, options),
    getConsole: (options) => getConsole(client, options),
    explainFailure: (options) => explainFailure(client, options),
    getExplanation: (options) => getExplanation(client, options),
    getContractInfo: (options) => getContractInfo(client, options),
    getContractLife: (options) => getContractLife(client, options),
    getHosts: () => getHosts(client),
    getPayload: (options) => getPayload(client, options),
  });
}
