import type { Address, Hash, Hex } from "viem";
import type { CallStatus } from "./call.ts";
import type { ReplicaResult } from "./explanation.ts";

/** A call as `del_getCall` writes it: numbers are hex quantities, what is not known yet is `null`. */
export type RpcCall = {
  readonly transactionHash: Hash;
  readonly from: Address;
  readonly contract: Address | null;
  readonly tier: "evm" | "wasm" | "container" | null;
  readonly status: CallStatus;
  readonly orderedIn: Hex | null;
  readonly resultIn: Hex | null;
  readonly callId: Hash | null;
  readonly queueIndex: Hex | null;
  readonly resultHash: Hash | null;
  readonly gasUsed: Hex | null;
  readonly effectiveGasPrice: Hex | null;
  readonly median: Hash | null;
};

export type RpcAttestations = {
  readonly contract: Address;
  readonly orderedIn: Hex;
  readonly orderingHash: Hash;
  readonly firstIndex: Hex;
  readonly lastIndex: Hex;
  readonly attested: "fast" | "strong" | "all" | "weak";
  readonly committee: readonly { readonly member: number; readonly publicKey: Hex }[];
  readonly attestations: readonly {
    readonly member: number;
    readonly diffHash: Hash;
    readonly resultsHash: Hash;
    readonly gasUsed: Hex;
    readonly number: Hash | null;
    readonly signature: Hex;
  }[];
  readonly certifiedIn: Hex | null;
  readonly certificate:
    | null
    | {
        readonly kind: "agreed";
        readonly signature: Hex;
        readonly calls: readonly { readonly queueIndex: Hex; readonly haltCode: string }[];
      }
    | {
        readonly kind: "diverged";
        readonly difference: {
          readonly queueIndex: Hex;
          readonly where: string;
          readonly left: string;
          readonly right: string;
        };
      };
};

export type RpcChallenge = {
  readonly certifiedIn: Hex;
  readonly until: Hex;
  readonly bond: Hex;
  readonly openedIn: Hex | null;
  readonly judged: {
    readonly target: Address;
    readonly class: number;
    readonly orderingNumber: Hex;
    readonly firstIndex: Hex;
    readonly lastIndex: Hex;
    readonly manifest: Hash;
    readonly preRoot: Hash;
    readonly findings: Hash;
    readonly signers: Hash;
    readonly stateAt: Hex;
    readonly hosts: Hex;
  };
  readonly records: readonly Hash[];
  readonly signers: readonly Hash[];
};

export type RpcFoundCause = {
  readonly cause: string;
  readonly isGuess: boolean;
  readonly where: string;
  readonly left: string;
  readonly right: string;
  readonly results: readonly [ReplicaResult, ReplicaResult] | null;
};

export type RpcExplanation =
  | { readonly state: "running" }
  | { readonly state: "dropped"; readonly reason: string }
  | {
      readonly state: "explained";
      readonly verdict: "deterministic" | "strictOnly" | "diverges";
      readonly causes: readonly RpcFoundCause[];
      readonly reliesOn: readonly RpcFoundCause[];
      readonly runs: number;
      readonly untried: readonly { readonly cause: string; readonly reason: string }[];
    };

export type RpcContract = {
  readonly address: Address;
  readonly tier: "evm" | "wasm" | "container";
  readonly kind: number | null;
  readonly codeHash: Hash;
  readonly payloadHash: Hash | null;
  readonly payloadSize: Hex;
  readonly manifest?: Readonly<Record<string, unknown>>;
  readonly driver?: string | null;
  readonly queueLength?: Hex;
  readonly nextIndex?: Hex;
};

/** For `createClient({ rpcSchema: rpcSchema<DelchainRpcSchema>() })`: raw requests with their types. */
export type DelchainRpcSchema = [
  { Method: "del_getCall"; Parameters: [Hash]; ReturnType: RpcCall | null },
  { Method: "del_getAttestations"; Parameters: [Hash]; ReturnType: RpcAttestations | null },
  { Method: "del_getChallenge"; Parameters: [Hash]; ReturnType: RpcChallenge | null },
  { Method: "del_explainCall"; Parameters: [Hash]; ReturnType: RpcExplanation | null },
  { Method: "del_getContract"; Parameters: [Address]; ReturnType: RpcContract | null },
  {
    Method: "del_getConsole";
    Parameters: [Hex, Address | null];
    ReturnType: {
      readonly lines: readonly {
        readonly number: Hex;
        readonly contract: Address;
        readonly during: "block" | "query" | "container call";
        readonly text: string;
      }[];
      readonly last: Hex;
    };
  },
  { Method: "del_getCode"; Parameters: [Address]; ReturnType: Hex },
];
