import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Address,
  bigintToBytes,
  CODE_KINDS,
  encodeEnvelope,
  encodeManifest,
  fromHex,
  type Hash,
  hashFromBytes,
  toAddress,
  toHex,
} from "@delchain/runtime";
import { getContractAddress } from "viem";
import { mnemonicToAccount } from "viem/accounts";
import { DEVNET, DEVNET_ACCOUNTS, DEVNET_MNEMONIC, devnetHostSecret } from "../spec/devnet.ts";
import type { ChainSpec } from "../spec/spec.ts";
import { type ChainStore, openChainStore } from "../state/store.ts";
import type { BlockContent } from "../transition/executeBlock.ts";
import { sendData } from "../transition/testMessages.ts";
import { signedTransfer } from "../tx/testTransactions.ts";
import type { FeeMarketTransaction, SignedTransaction } from "../tx/transaction.ts";
import { Attester } from "./attester.ts";
import { chooseBls } from "./bls.ts";
import type { Produced } from "./chainAnswers.ts";
import { ChainService } from "./chainService.ts";
import { createTierExecutor } from "./executors.ts";
import type { HostedBatch, Hosting } from "./hosting.ts";
import { createLog } from "./log.ts";
import { MemoryNetwork } from "./transport.ts";
import { MemoryWordJournal } from "./wordJournal.ts";

const { bls } = chooseBls();

/** A chain service in this thread, over a real store in a folder that goes with it. */
export class TestService {
  readonly folder: string;
  store: ChainStore;
  chain: ChainService;

  readonly #spec: ChainSpec;

  private constructor(folder: string, store: ChainStore, spec: ChainSpec) {
    this.folder = folder;
    this.store = store;
    this.#spec = spec;
    this.chain = serve(store, spec);
  }

  static async open(spec: ChainSpec = DEVNET): Promise<TestService> {
    const folder = mkdtempSync(join(tmpdir(), "delchain-service-"));
    return new TestService(folder, await openChainStore(folder, spec), spec);
  }

  /** As if the process had ended and started again. */
  async reopen(): Promise<void> {
    await this.chain.close();
    this.store = await openChainStore(this.folder, this.#spec);
    this.chain = serve(this.store, this.#spec);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.chain.close();
    rmSync(this.folder, { recursive: true });
  }
}

function serve(store: ChainStore, spec: ChainSpec): ChainService {
  return new ChainService(spec, store, createTierExecutor(spec), bls, (error) => {
    throw error;
  });
}

/** Init code of a contract that reverts when its calldata is zero, else stores and logs it. */
const MOODY = fromHex("0x6014600a5f3960145ff35f35806009575f5ffd5b805f555f5260205fa000");

export type Action = {
  readonly kind: "coins" | "create" | "call" | "revert" | "message" | "order" | "orderOften";
  /** Index of one of the mnemonic's accounts, the first excepted. */
  readonly account: number;
  readonly amount: number;
};

/** Makes blocks of all kinds of content as a producer would, with a container whose hosts are this object. */
export class TestLeader {
  readonly service: TestService;
  readonly container: Address;
  readonly contract: Address;
  /** Of all container calls that were signed. */
  readonly orders: Hash[] = [];
  readonly #nonces = new Map<number, bigint>();
  readonly #attester: Attester;
  #certified = Promise.withResolvers<void>();
  #seconds = 1_800_000_000n;

  constructor(service: TestService) {
    this.service = service;
    const from = DEVNET_ACCOUNTS[0] as Address;
    const created = (nonce: bigint): Address =>
      toAddress(getContractAddress({ from, nonce }).toLowerCase());
    [this.contract, this.container] = [created(0n), created(1n)];
    this.#attester = new Attester({
      spec: DEVNET,
      bls,
      members: DEVNET.hosts.map((host, replica) => ({
        host,
        replica,
        secret: devnetHostSecret(replica),
      })),
      hosting: HOSTING,
      transport: new MemoryNetwork().join(),
      journal: new MemoryWordJournal(),
      balanceOf: (address, block) =>
        Promise.resolve(service.chain.account({ address, block })?.balance ?? 0n),
      factsOf: (question) => Promise.resolve(service.chain.factsOf(question)),
      contestedOf: (contract) => Promise.resolve(service.chain.contested(contract)),
      randomnessOf: (number) => Promise.resolve(service.chain.randomness(number)),
      onCertified: () => this.#certified.resolve(),
      onDiverged: () => undefined,
      onConflict: () => undefined,
      log: createLog("silent"),
    });
    this.#attester.start();
  }

  /** The first block: a contract of the EVM and a container. */
  begin(): Promise<Produced> {
    const data = encodeEnvelope(CODE_KINDS.container, MANIFEST);
    const transactions = [
      this.sign(0, { to: undefined, data: MOODY, gasLimit: 200_000n }),
      this.sign(0, { to: undefined, data, gasLimit: 1_000_000n }),
    ];
    return this.produce({ certificates: [], overdue: [], transactions, orders: [] });
  }

  /** A block of this, and of the calls that earlier ones ordered and that are certified or given up. */
  next(content: Partial<Pick<BlockContent, "transactions" | "orders">> = {}): Promise<Produced> {
    const { number } = this.service.store.head();
    const block = { number: number + 1n, timestamp: this.#seconds };
    return this.produce({
      certificates: this.#attester.certificates(DEVNET.blockBytesMax),
      overdue: this.#attester.overdue(block, DEVNET.blockBytesMax),
      transactions: [],
      orders: [],
      ...content,
    });
  }

  /** A block of these actions, and of the certificates over what earlier ones ordered. */
  async act(actions: readonly Action[]): Promise<Produced> {
    const certificates = this.#attester.certificates(DEVNET.blockBytesMax);
    const transactions: SignedTransaction[] = [];
    const orders: SignedTransaction[] = [];
    for (const action of actions.filter(({ kind }) => !kind.startsWith("order"))) {
      transactions.push(this.#transaction(action));
    }
    for (const action of actions.filter(({ kind }) => kind.startsWith("order"))) {
      for (let i = 0; i < (action.kind === "order" ? 1 : 3); i++) orders.push(this.#order(action));
    }
    return this.produce({ certificates, overdue: [], transactions, orders });
  }

  async produce(content: BlockContent): Promise<Produced> {
    const producer = DEVNET_ACCOUNTS[9] as Address;
    this.#certified = Promise.withResolvers<void>();
    const timestamp = this.#seconds++;
    const produced = await this.service.chain.produce({ content, producer, timestamp });
    const { block, calls } = produced;
    const { header, extension } = block.block;
    const { containerBaseFee } = extension;
    this.#attester.settle(block);
    this.#attester.accept({ hash: block.hash, header, containerBaseFee }, calls);
    return produced;
  }

  addressOf(account: number): Address {
    return DEVNET_ACCOUNTS[account] as Address;
  }

  /** Resolves when what was ordered last has its certificate. */
  certified(): Promise<void> {
    return this.#certified.promise;
  }

  close(): void {
    this.#attester.close();
  }

  sign(
    account: number,
    fields: Partial<Omit<FeeMarketTransaction, "type" | "signature">>,
  ): SignedTransaction {
    const nonce = this.#nonces.get(account) ?? 0n;
    this.#nonces.set(account, nonce + 1n);
    const key = mnemonicToAccount(DEVNET_MNEMONIC, { addressIndex: account }).getHdKey().privateKey;
    return signedTransfer({ nonce, maxFeePerGas: 10n ** 11n, ...fields }, key ?? undefined);
  }

  #transaction({ kind, account, amount }: Action): SignedTransaction {
    const value = BigInt(amount);
    if (kind === "coins") return this.sign(account, { value });
    if (kind === "create")
      return this.sign(account, { to: undefined, data: MOODY, gasLimit: 200_000n, value: 0n });
    if (kind === "message") return this.#message(account, amount);
    const first = kind === "revert" ? 0 : amount + 1;
    const data = Uint8Array.of(...new Array<number>(31).fill(0), first & 0xff);
    return this.sign(account, { to: this.contract, data, gasLimit: 100_000n, value: 0n });
  }

  /** To the contract, which reverts for a multiple of four, or to the container; told what became of it. */
  #message(account: number, amount: number): SignedTransaction {
    const to = amount % 2 === 0 ? this.contract : this.container;
    const data = toHex(bigintToBytes(BigInt(amount % 4), 32));
    const wanted = { to, data, value: 0n, gas: 700_000n, callbackGas: 50_000n };
    return this.sign(account, {
      to: DEVNET.messagesAddress,
      data: fromHex(sendData(wanted)),
      value: 10n ** 16n,
      gasLimit: 1_000_000n,
    });
  }

  #order({ account, amount }: Action): SignedTransaction {
    const data = Uint8Array.of(amount & 0xff);
    const signed = this.sign(account, { to: this.container, data, gasLimit: 700_000n, value: 0n });
    this.orders.push(signed.hash);
    return signed;
  }
}

const MANIFEST = encodeManifest({
  name: "counter",
  image: `sha256:${"ab".repeat(32)}`,
  platform: "linux/amd64",
  entrypoint: ["/contract"],
  resources: "small",
  payable: false,
  isolation: "fork",
  determinism: "standard",
  attestation: "identical",
});

/** Runs no container: what a call does follows from its first byte, and from the replica where it is 13. */
const HOSTING: Hosting = {
  execute: (replica: number, { calls }: HostedBatch) =>
    Promise.resolve({
      calls: calls.map(({ input }) => ({
        status: (["success", "revert", "halt", "timeout"] as const)[(input[0] ?? 0) % 4] ?? "halt",
        output: Uint8Array.of(input[0] === 13 ? replica : 7),
        logs: [],
        messages: [],
        gasUsed: 1_000n,
      })),
      slots: [
        {
          slot: hashFromBytes(bigintToBytes(1n, 32)),
          value: hashFromBytes(bigintToBytes(BigInt(calls.length), 32)),
        },
      ],
      balances: new Map(),
    }),
  query: () => Promise.reject(new Error("nobody asks")),
  explain: () => Promise.reject(new Error("nobody asks")),
  drivers: () => Promise.resolve([]),
  driverFor: async () => undefined,
  forget: () => Promise.resolve(),
  reconcile: () => Promise.resolve(0),
  close: () => Promise.resolve(),
};
