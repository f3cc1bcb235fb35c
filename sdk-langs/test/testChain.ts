import { DEVNET, type RunningNode } from "@delchain/chain";
import { constructionCall, explainFailure, getConsole, type PrintedLine } from "@delchain/sdk";
import {
  type BuildOutput,
  compareLibrary,
  librariesOf,
  linkOutput,
  loadOutput,
} from "@delchain/toolchain";
import {
  type Abi,
  type Address,
  type BaseError,
  type Chain,
  createTestClient,
  createWalletClient,
  encodeDeployData,
  encodeFunctionData,
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
import { CallProfiler, type ProfiledCall } from "./callProfiler.ts";
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
  readonly #profiler: CallProfiler;
  /** Contracts by their addresses, in lower case. */
  readonly #names = new Map<string, string>();
  /** Where libraries are that contracts link, by name. */
  readonly #libraries = new Map<string, Address>();
  /** The number of the last line that contracts have printed. */
  #printed = 0n;

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
      // viem remembers a block's number as long as it polls: after a receipt it may be an older one.
      cacheTime: 0,
    }).extend(publicActions) as Client;
    this.#profiler = new CallProfiler(parts.root, (method, params) =>
      this.client.request({ method, params } as never),
    );
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
    const { abi, code } = await this.#linked(name);
    const data = deployData(abi, code, args);
    const { from, ...rest } = options;
    const hash = await this.wallet(from)
      .sendTransaction({ data, ...rest } as { data: Hex })
      .catch(async (error: BaseError) => {
        // viem decodes the reverts of functions by itself, and those of constructors when asked.
        const decoded = getContractError(error, { abi, args, functionName: "constructor" });
        throw await this.#profiler.traced(decoded, { data, from: this.#addressOf(from), ...rest });
      });
    const receipt = await this.receipt(hash);
    await this.#profiler.recordTransaction(hash);
    recordGas(name, "constructor", receipt.gasUsed);
    await this.#showPrinted(["block", "container call"]);
    if (receipt.status !== "success" || !receipt.contractAddress) {
      throw await this.#failed(`deploying ${name}`, receipt);
    }
    await this.#construct(name, receipt.contractAddress, { from, args });
    return this.at(name, receipt.contractAddress);
  }

  /** A contract's output with its libraries, which are deployed when they are not there (again, after a snapshot). */
  async #linked(name: string): Promise<BuildOutput> {
    const output = this.#output(name);
    for (const library of librariesOf(output, (one) => this.#output(one))) {
      const known = this.#libraries.get(library.name);
      const there = known && (await this.client.getCode({ address: known }));
      if (there && compareLibrary(library, there).isSame) continue;
      const { code } = linkOutput(library, Object.fromEntries(this.#libraries));
      const { contractAddress } = await this.receipt(
        await this.wallet().sendTransaction({ data: code } as { data: Hex }),
      );
      this.#libraries.set(library.name, contractAddress as Address);
    }
    return linkOutput(output, Object.fromEntries(this.#libraries));
  }

  /** A container's constructor runs in a call of its own. */
  async #construct(
    name: string,
    address: Address,
    { from, args }: { readonly from: CallOptions["from"]; readonly args: unknown },
  ): Promise<void> {
    const { abi, metadata } = this.#output(name);
    const data = constructionCall({ tier: metadata.tier, abi });
    if (data === undefined) return;
    const hash = await this.wallet(from)
      .sendTransaction({ to: address, data } as { data: Hex })
      .catch((error: BaseError) => {
        throw getContractError(error, {
          abi,
          args: args as readonly unknown[],
          functionName: "constructor",
        });
      });
    const receipt = await this.receipt(hash);
    await this.#showPrinted(["container call"]);
    if (receipt.status !== "success") throw await this.#failed(`constructing ${name}`, receipt);
  }

  /** A contract that is on the chain already. */
  at<Name extends string>(name: Name, address: Address): ContractHandle<AbiOf<Name>> {
    const { abi } = this.#output(name);
    this.#names.set(address.toLowerCase(), name);
    const handle: ContractHandle = {
      name,
      address,
      abi,
      read: functionsOf(async (functionName, args, { from }) => {
        const account = from ?? this.#first();
        const request = { address, abi, functionName, args, account };
        const call = () => callOf(request, this.#addressOf(from), {});
        try {
          const result = await this.client.readContract(request).catch(async (error: Error) => {
            throw await this.#profiler.traced(error, call());
          });
          await this.#profiler.recordCall(call);
          return result;
        } finally {
          await this.#showPrinted(["query"]);
        }
      }),
      write: functionsOf(async (functionName, args, { from, value, gas }) => {
        const request = { address, abi, functionName, args, value, gas };
        const hash = await this.wallet(from)
          .writeContract(request as never)
          .catch(async (error: Error) => {
            const call = callOf(request, this.#addressOf(from), { value, gas });
            throw await this.#profiler.traced(error, call);
          });
        const receipt = await this.receipt(hash);
        await this.#profiler.recordTransaction(hash);
        recordGas(name, functionName, receipt.gasUsed);
        await this.#showPrinted(["block", "container call"]);
        if (receipt.status === "success") return receipt;
        throw await this.#failed(`${name}.${functionName}`, receipt, { abi, functionName });
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

  /** Resolves once no message between contracts waits for a block, and no container call for its result. */
  async settled(): Promise<void> {
    const { messagesAddress, queueAddress } = DEVNET;
    const head = async (address: Address): Promise<bigint> =>
      BigInt((await this.client.getStorageAt({ address, slot: "0x0" })) ?? 0n);
    for (;;) {
      const [messages, calls] = await Promise.all([head(messagesAddress), head(queueAddress)]);
      // Of MESSAGES the first and the next position, of QUEUE how many there are behind the next index.
      const isQuiet =
        BigInt.asUintN(64, messages) === BigInt.asUintN(64, messages >> 64n) && calls >> 64n === 0n;
      if (isQuiet) return;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
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
    this.#profiler.save();
    await this.#parts.node.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** A container's reasons are its hosts' to tell; of other tiers viem has told them before it sent. */
  async #failed(
    what: string,
    { transactionHash: hash }: TransactionReceipt,
    names: { readonly abi?: Abi; readonly functionName?: string } = {},
  ): Promise<Error> {
    const why = (await explainFailure(this.client, { hash, ...names })) ?? "it reverted";
    return new Error(`${what} failed in ${hash}: ${why}`);
  }

  /**
   * Shows what contracts have printed since. What a transaction's gas estimate printed before is left out: the
   * transaction prints it again.
   */
  async #showPrinted(during: readonly PrintedLine["during"][]): Promise<void> {
    const { lines, last } = await getConsole(this.client, { after: this.#printed });
    this.#printed = last;
    for (const line of lines.filter((one) => during.includes(one.during))) {
      const name = this.#names.get(line.contract.toLowerCase()) ?? line.contract;
      process.stdout.write(`${name}: ${line.text}\n`);
    }
  }

  #output(name: string): BuildOutput {
    return loadOutput(this.#parts.root, name);
  }

  #first(): HDAccount {
    return this.accounts[0];
  }

  #addressOf(from: Account | Address | undefined): Address {
    const account = from ?? this.#first();
    return typeof account === "string" ? account : account.address;
  }
}

type FunctionCall = {
  readonly address: Address;
  readonly abi: Abi;
  readonly functionName: string;
  readonly args: readonly unknown[];
};

/** What viem sent, to be run again. Throws viem's error for arguments that do not fit. */
function callOf(
  { address, abi, functionName, args }: FunctionCall,
  from: Address,
  rest: { readonly value?: bigint | undefined; readonly gas?: bigint | undefined },
): ProfiledCall {
  return { from, to: address, data: encodeFunctionData({ abi, functionName, args }), ...rest };
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
