import type {
  Abi,
  AbiStateMutability,
  Account,
  Address,
  ContractConstructorArgs,
  ContractEventName,
  ContractFunctionArgs,
  ContractFunctionName,
  ContractFunctionReturnType,
  Log,
  TransactionReceipt,
} from "viem";

/**
 * ABIs of the project's contracts by name. `delchain build` fills it in from `out/contracts.d.ts`, so that names,
 * arguments and results are checked while they are typed; a name that it does not know takes anything.
 */
/* biome-ignore lint/suspicious/noEmptyInterface: projects add to it. */
export interface Contracts {}

/** The ABI that a name stands for. */
export type AbiOf<Name extends string> = Name extends keyof Contracts
  ? Contracts[Name] extends Abi
    ? Contracts[Name]
    : Abi
  : Abi;

/** A deployed contract of the project, by its name. */
export type Contract<Name extends string> = ContractHandle<AbiOf<Name>>;

/** Constructor arguments of a contract. */
export type ConstructorArgs<Name extends string> = Name extends keyof Contracts
  ? ContractConstructorArgs<AbiOf<Name>>
  : readonly unknown[];

export type CallOptions = {
  /** Who sends: an account of the chain, or an address that is impersonated. The chain's first account unless told. */
  readonly from?: Account | Address;
  /** In wei. */
  readonly value?: bigint;
  readonly gas?: bigint;
};

type ReadState = "pure" | "view";
type WriteState = "nonpayable" | "payable";

type Functions<TAbi extends Abi, State extends AbiStateMutability> = ContractFunctionName<
  TAbi,
  State
>;

/** `[]` may be left out where there is nothing to pass. */
type Parameters<Args, Options> = Args extends readonly []
  ? readonly [args?: Args, options?: Options]
  : readonly [args: Args, options?: Options];

/** A deployed contract: its view functions, its other functions, its events. */
export type ContractHandle<TAbi extends Abi = Abi> = {
  readonly name: string;
  readonly address: Address;
  readonly abi: TAbi;
  /** Calls that leave no trace. */
  readonly read: {
    readonly [Name in Functions<TAbi, ReadState>]: (
      ...parameters: Parameters<
        ContractFunctionArgs<TAbi, ReadState, Name>,
        Pick<CallOptions, "from">
      >
    ) => Promise<ContractFunctionReturnType<TAbi, ReadState, Name>>;
  };
  /** Transactions, each resolved when its receipt is there. Throws, decoded by the ABI, when one reverts. */
  readonly write: {
    readonly [Name in Functions<TAbi, WriteState>]: (
      ...parameters: Parameters<ContractFunctionArgs<TAbi, WriteState, Name>, CallOptions>
    ) => Promise<TransactionReceipt>;
  };
  /** What the contract logged in a transaction, decoded. */
  readonly events: (receipt: { readonly logs: readonly Log[] }) => readonly DecodedEvent<TAbi>[];
};

export type DecodedEvent<TAbi extends Abi = Abi> = {
  readonly name: ContractEventName<TAbi>;
  readonly args: Readonly<Record<string, unknown>>;
};
