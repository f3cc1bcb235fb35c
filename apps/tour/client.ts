import { getCall } from "@delchain/sdk";
import {
  type Account,
  type Address,
  BaseError,
  type Chain,
  ContractFunctionRevertedError,
  createPublicClient,
  createWalletClient,
  defineChain,
  type Hash,
  type Hex,
  http,
  type PublicClient,
  parseEventLogs,
  type TransactionReceipt,
  type Transport,
  type WalletClient,
} from "viem";
import { relayAbi, tokenAbi } from "./tokenAbi.ts";

/** How often a receipt is asked for: a devnet's block takes a few milliseconds. */
const POLL_MS = 20;
/** A container's result may take a cold start. */
const RECEIPT_TIMEOUT_MS = 60_000;

/** A call of the tour as the chain settled it. */
export type Settled = {
  readonly gas: number;
  readonly orderedIn: number;
  readonly resultIn: number;
  readonly resultHash: Hash;
};

/**
 * A wallet's view of the chain, through viem and nothing else. It deploys and calls tokens, and knows neither
 * their language nor their tier: that it need not is the tour's point.
 */
export class TokenClient {
  readonly #reader: PublicClient;
  readonly #wallet: WalletClient<Transport, Chain, Account>;
  readonly #account: Account;

  constructor(url: string, chainId: number, account: Account) {
    const chain = defineChain({
      id: chainId,
      name: "DelChain devnet",
      nativeCurrency: { name: "DEL", symbol: "DEL", decimals: 18 },
      rpcUrls: { default: { http: [url] } },
    });
    const transport = http(url);
    this.#account = account;
    this.#reader = createPublicClient({ chain, transport, pollingInterval: POLL_MS });
    this.#wallet = createWalletClient({ chain, transport, account });
  }

  /** One ordinary creation transaction, on every tier. */
  async deploy(initCode: Hex): Promise<Address> {
    const receipt = await this.#receipt(await this.#wallet.sendTransaction({ data: initCode }));
    if (receipt.status !== "success" || !receipt.contractAddress) {
      throw new Error(`the deployment failed (transaction ${receipt.transactionHash})`);
    }
    return receipt.contractAddress;
  }

  async pay(to: Address, value: bigint): Promise<void> {
    await this.#receipt(await this.#wallet.sendTransaction({ to, value }));
  }

  async mint(token: Address, to: Address, amount: bigint): Promise<void> {
    const abi = tokenAbi;
    const hash = await this.#wallet.writeContract({
      address: token,
      abi,
      functionName: "mint",
      args: [to, amount],
    });
    const { status } = await this.#receipt(hash);
    if (status !== "success") throw new Error("mint failed");
  }

  /** Throws when the token did not log what it moved. */
  async transfer(token: Address, to: Address, amount: bigint): Promise<Settled> {
    const hash = await this.#wallet.writeContract({
      address: token,
      abi: tokenAbi,
      functionName: "transfer",
      args: [to, amount],
    });
    const receipt = await this.#receipt(hash);
    if (receipt.status !== "success") throw new Error("transfer failed");
    const [event] = parseEventLogs({ abi: tokenAbi, logs: receipt.logs, eventName: "Transfer" });
    if (event?.args.value !== amount || event.args.from !== this.#account.address) {
      throw new Error("transfer logged something else than it was asked for");
    }
    return this.#settled(receipt);
  }

  /** Through a contract that calls another tier's contract that calls the token. */
  async relay(
    relay: Address,
    through: { readonly forwarder: Address; readonly token: Address },
    to: Address,
    amount: bigint,
  ): Promise<Settled> {
    const hash = await this.#wallet.writeContract({
      address: relay,
      abi: relayAbi,
      functionName: "relay",
      args: [through.forwarder, through.token, to, amount],
    });
    const receipt = await this.#receipt(hash);
    if (receipt.status !== "success") throw new Error("relay failed");
    return this.#settled(receipt);
  }

  balanceOf(token: Address, owner: Address): Promise<bigint> {
    const abi = tokenAbi;
    return this.#reader.readContract({
      address: token,
      abi,
      functionName: "balanceOf",
      args: [owner],
    });
  }

  /** The reason with which a transfer reverts; `undefined` when it would succeed. */
  async refusal(token: Address, to: Address, amount: bigint): Promise<string | undefined> {
    try {
      await this.#reader.simulateContract({
        address: token,
        abi: tokenAbi,
        functionName: "transfer",
        args: [to, amount],
        account: this.#account,
      });
      return undefined;
    } catch (error) {
      if (!(error instanceof BaseError)) throw error;
      const revert = error.walk((cause) => cause instanceof ContractFunctionRevertedError);
      if (!(revert instanceof ContractFunctionRevertedError)) throw error;
      return revert.reason ?? revert.signature ?? "no reason";
    }
  }

  #receipt(hash: Hash): Promise<TransactionReceipt> {
    return this.#reader.waitForTransactionReceipt({ hash, timeout: RECEIPT_TIMEOUT_MS });
  }

  async #settled({ transactionHash, gasUsed, blockNumber }: TransactionReceipt): Promise<Settled> {
    const call = await getCall(this.#reader, { hash: transactionHash });
    return {
      gas: Number(gasUsed),
      orderedIn: Number(call?.orderedIn ?? blockNumber),
      resultIn: Number(call?.resultIn ?? blockNumber),
      resultHash: call?.resultHash ?? "0x",
    };
  }
}
