import type { RunningNode } from "@delchain/chain";
import { type BuildOutput, loadOutput } from "@delchain/toolchain";
import {
  type Abi,
  type Address,
  type BaseError,
  type Chain,
  createTestClient,
  createWalletClient,
  encodeDeployData,
  getContractError,
  type Hash,
  type Hex,
  type HttpTransport,
  http,
  type PublicActions,
  parseEventLogs,
  publicActions,
  type TestClient,
  type TransactionReceipt,
  type Account as ViemAccount,
  type WalletClient,
} from "viem";
import type { HDAccount } from "viem/accounts";
import type {
  AbiOf,
  CallOptions,
  ConstructorArgs,
  ContractHandle,
  DecodedEvent,
} from "./contractHandle.ts";
import { recordGas, saveGas } from "./gasRecord.ts";

export type Account = ViemAccount;

/** How often a receipt is asked for: a block takes a few milliseconds. */
export const POLL_MS = 20;
/** A container's result may take a cold start. */
const RECEIPT_TIMEOUT_MS = 60_000;

type Client = TestClient<"anvil", HttpTransport, Chain> & PublicActions<HttpTransport, Chain>;
type Wallet = WalletClient<HttpTransport, Chain, Account>;

/** As many as a devnet funds. */
export type Ten<T> = readonly [T, T, T, T, T, T, T, T, T, T];

export type ChainParts = {
  readonly node: RunningNode;
  readonly chain: Chain;
  readonly accounts: Ten<HDAccount>;
  /** The project's folder, whose `out` has the contracts. */
  readonly root: string;
};

/**
 * A chain of its own for one test file: real blocks, real tiers, ten funded accounts, and a clock and a state that
 * the test may set. End it with `close`, or declare it with `await using`.
 */
export class TestChain {
  /** Each with 10,000 DEL. The first sends unless told. */
  readonly accounts: Ten<HDAccount>;
  /** The accounts' addresses. */
  readonly addresses: Ten<Address>;
  /** viem's test client with its public actions, for whatever is not here. */
  readonly client: Client;
  readonly url: string;
  readonly #parts: ChainParts;

  constructor(parts: ChainParts) {
    const { chain, node } = parts;
    this.#parts = parts;
    this.accounts = parts.accounts;
    this.addresses = parts.accounts.map(({ address }) => address) as unknown as Ten<Address>;
    this.url = node.url;
    const transport = http(node.url, { retryCount: 0 });
    this.client = createTestClient({
      chain,
      mode: "anvil",
      transport,
      pollingInterval: POLL_MS,
    }).extend(publicActions) as Client;
  }

  /** A wallet of an account, or of an impersonated address; the first account's unless told. */
  wallet(from: Account | Address = this.#first()): Wallet {
    const { chain, node } = this.#parts;
    const local = this.accounts.find(({ address }) => address === from);
    const account =
      typeof from === "string" ? (local ?? { address: from, type: "json-rpc" }) : from;
    return createWalletClient({ account, chain, transport: http(node.url, { retryCount: 0 }) });
  }

  /** Deploys a built contract by its name, whatever its language and tier. */
  async deploy<Name extends string>(
    name: Name,
    args?: ConstructorArgs<Name>,
    options: CallOptions = {},
  ): Promise<ContractHandle<AbiOf<Name>>> {
    const { abi, code } = this.#output(name);
    const data = deployData(abi, code, args);
    const { from, ...rest } = options;
    const hash = await this.wallet(from)
      .sendTransaction({ data, ...rest } as { data: Hex })
      .catch((error: BaseError) => {
        // viem decodes the reverts of functions by itself, and those of constructors when asked.
        throw getContractError(error, { abi, args, functionName: "constructor" });
      });
    const receipt = await this.receipt(hash);
    recordGas(name, "constructor", receipt.gasUsed);
    if (receipt.status !== "success" || !receipt.contractAddress) {
      throw new Error(`${name} was not deployed: transaction ${receipt.transactionHash} reverted`);
    }
    return this.at(name, receipt.contractAddress);
  }

  /** A contract that is on the chain already. */
  at<Name extends string>(name: Name, address: Address): ContractHandle<AbiOf<Name>> {
    const { abi } = this.#output(name);
    const handle: ContractHandle = {
      name,
      address,
      abi,
      read: functionsOf((functionName, args, { from }) =>
        this.client.readContract({
          address,
          abi,
          functionName,
          args,
          account: from ?? this.#first(),
        }),
      ),
      write: functionsOf(async (functionName, args, { from, value, gas }) => {
        const request = { address, abi, functionName, args, value, gas };
        const receipt = await this.receipt(await this.wallet(from).writeContract(request as never));
        recordGas(name, functionName, receipt.gasUsed);
        if (receipt.status === "success") return receipt;
        throw new Error(`${name}.${functionName} reverted in ${receipt.transactionHash}`);
      }),
      events: ({ logs }) => decodedEvents(abi, address, logs as TransactionReceipt["logs"]),
    };
    return handle as unknown as ContractHandle<AbiOf<Name>>;
  }

  receipt(hash: Hash): Promise<TransactionReceipt> {
    return this.client.waitForTransactionReceipt({ hash, timeout: RECEIPT_TIMEOUT_MS });
  }

  /** Sets what an account owns, in wei. */
  setBalance(address: Address, value: bigint): Promise<void> {
    return this.client.setBalance({ address, value });
  }

  /** Sets a storage word of a contract. */
  setStorage(address: Address, slot: bigint, value: Hex): Promise<void> {
    const index: Hex = `0x${slot.toString(16)}`;
    return this.client.setStorageAt({ address, index, value });
  }

  /** From now on `from: address` sends without a key and for no fee, for contracts too. */
  async impersonate(address: Address): Promise<void> {
    await this.client.impersonateAccount({ address });
  }

  /** Lets the clock jump ahead, and makes a block that shows it. */
  async increaseTime(seconds: number | bigint): Promise<void> {
    await this.client.increaseTime({ seconds: Number(seconds) });
    await this.client.mine({ blocks: 1 });
  }

  /** The time of the next block; the clock goes on from there. */
  setNextTimestamp(timestamp: bigint): Promise<void> {
    return this.client.setNextBlockTimestamp({ timestamp });
  }

  /** The last block's time, in seconds since 1970. */
  async timestamp(): Promise<bigint> {
    return (await this.client.getBlock()).timestamp;
  }

  mine(blocks = 1): Promise<void> {
    return this.client.mine({ blocks });
  }

  /** Remembers the chain as it is; what is returned brings it back, as often as it is called. */
  async snapshot(): Promise<() => Promise<void>> {
    let id = await this.client.snapshot();
    return async () => {
      await this.client.revert({ id });
      id = await this.client.snapshot();
    };
  }

  /** Ends the node; what it held is gone. */
  async close(): Promise<void> {
    saveGas();
    await this.#parts.node.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #output(name: string): BuildOutput {
    return loadOutput(this.#parts.root, name);
  }

  #first(): HDAccount {
    return this.accounts[0];
  }
}

/** Constructor arguments are checked against the ABI before anything is sent. */
function deployData(abi: Abi, bytecode: Hex, args: unknown): Hex {
  const given = (args ?? []) as readonly unknown[];
  const takesNone = !abi.some(({ type }) => type === "constructor") && given.length === 0;
  return takesNone ? bytecode : encodeDeployData({ abi, bytecode, args: given });
}

type Called = (name: string, args: readonly unknown[], options: CallOptions) => Promise<unknown>;

/** An object whose every property is a function of the contract; unknown names fail in viem, which lists the ABI's. */
function functionsOf(call: Called): never {
  return new Proxy(Object.create(null), {
    get: (_, name) =>
      typeof name === "string" && name !== "then"
        ? (args: readonly unknown[] = [], options: CallOptions = {}) => call(name, args, options)
        : undefined,
  }) as never;
}

function decodedEvents(
  abi: Abi,
  address: Address,
  logs: TransactionReceipt["logs"],
): readonly DecodedEvent[] {
  const own = logs.filter((log) => log.address.toLowerCase() === address.toLowerCase());
  return parseEventLogs({ abi, logs: own }).map(({ eventName, args }) => ({
    name: eventName as string,
    args: args as unknown as Readonly<Record<string, unknown>>,
  }));
}
