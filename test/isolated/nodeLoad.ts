import assert from "node:assert/strict";
import { encodeFunctionData, type Hex, keccak256 } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { tokenAbi } from "../../apps/tour/tokenAbi.ts";
import { DEVNET } from "../../chain/index.ts";
import { signTransaction } from "../../chain/tx/signer.ts";
import { fromHex, toAddress, toHex } from "../../runtime/index.ts";

type Answer = {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
};
type Receipt = { readonly blockNumber: Hex; readonly blockHash: Hex; readonly status: Hex };
type Sent = { readonly raw: Hex; readonly hash: Hex };
type Sender = {
  readonly key: Uint8Array;
  readonly address: Hex;
  readonly sent: Sent[];
  acknowledged: number;
};

/** Transactions in one batch of a sender. */
const BATCH = 8;
/** Entries of one request of ours; the node takes 1,000. */
const ASKED = 500;
const GWEI = 10n ** 9n;

/**
 * Clients that send as fast as the node takes, and remember every word that it gave them: hashes it accepted,
 * receipts and blocks it showed. `check` holds it to them.
 */
export class NodeLoad {
  readonly #senders: readonly Sender[];
  readonly #receipts = new Map<Hex, Receipt>();
  readonly #blocks = new Map<Hex, Hex>();
  /** Acknowledged, and no receipt seen yet. */
  readonly #waiting = new Set<Hex>();
  #highest = 0n;
  #token: Hex | undefined;
  #url = "";
  #stopped = true;

  constructor(keys: readonly Hex[]) {
    this.#senders = keys.map((key) => ({
      key: fromHex(key),
      address: privateKeyToAccount(key).address,
      sent: [],
      acknowledged: 0,
    }));
  }

  get counts(): {
    readonly acknowledged: number;
    readonly receipts: number;
    readonly blocks: number;
  } {
    const acknowledged = this.#senders.reduce((sum, sender) => sum + sender.acknowledged, 0);
    return { acknowledged, receipts: this.#receipts.size, blocks: this.#blocks.size };
  }

  set token(address: Hex) {
    this.#token = address;
  }

  /** Sends until `stop`, or until the node is gone; resolves then. */
  async run(url: string): Promise<void> {
    this.#url = url;
    this.#stopped = false;
    const clients = [
      ...this.#senders.map((sender) => () => this.#sendBatch(sender)),
      () => this.#look(),
    ];
    await Promise.all(
      clients.map(async (turn) => {
        while (!this.#stopped) await turn().catch(this.#gone);
      }),
    );
  }

  stop(): void {
    this.#stopped = true;
  }

  /** A node that was killed breaks connections; anything else is a failure of the test. */
  readonly #gone = (error: unknown): void => {
    this.#stopped = true;
    if (error instanceof assert.AssertionError) throw error;
  };

  /** Everything that the node ever said must still be so. */
  async check(url: string): Promise<void> {
    this.#url = url;
    const head = BigInt(await this.#result<Hex>("eth_blockNumber", []));
    assert(head >= this.#highest, `head ${head} after block ${this.#highest} was shown`);
    for (const { address, acknowledged } of this.#senders) {
      const next = Number(await this.#result<Hex>("eth_getTransactionCount", [address, "pending"]));
      assert(next >= acknowledged, `${address}: next nonce ${next}, ${acknowledged} accepted`);
    }
    const waiting = [...this.#waiting];
    const found = await this.#batch<object | null>(
      "eth_getTransactionByHash",
      waiting.map((hash) => [hash]),
    );
    const lost = waiting.filter((_, i) => found[i] === null);
    assert.deepEqual(lost, [], "accepted transactions that are not known any more");
    await this.#compareLatest();
  }

  /** The same for all receipts and blocks since the beginning. */
  async checkAll(url: string): Promise<void> {
    this.#url = url;
    const receipts = [...this.#receipts];
    const again = await this.#batch<Receipt>(
      "eth_getTransactionReceipt",
      receipts.map(([hash]) => [hash]),
    );
    assert.deepEqual(
      again,
      receipts.map(([, receipt]) => receipt),
    );
    const blocks = [...this.#blocks];
    const now = await this.#batch<{ hash: Hex }>(
      "eth_getBlockByNumber",
      blocks.map(([number]) => [number, false]),
    );
    assert.deepEqual(
      now.map(({ hash }) => hash),
      blocks.map(([, hash]) => hash),
    );
  }

  /** Resolves when all that was accepted has its receipt, and every nonce is where that puts it. */
  async finish(url: string, untilMs: number): Promise<void> {
    this.#url = url;
    while (this.#waiting.size > 0 && performance.now() < untilMs) await this.#look();
    assert.equal(this.#waiting.size, 0, "accepted transactions without a receipt");
    for (const { address, sent } of this.#senders) {
      const next = Number(await this.#result<Hex>("eth_getTransactionCount", [address, "latest"]));
      assert(next <= sent.length, `${address}: nonce ${next} of ${sent.length} that were sent`);
    }
  }

  /** The receipts that were shown last: those nearest to the moment of the kill. */
  async #compareLatest(): Promise<void> {
    const latest = [...this.#receipts].slice(-ASKED);
    const again = await this.#batch<Receipt>(
      "eth_getTransactionReceipt",
      latest.map(([hash]) => [hash]),
    );
    assert.deepEqual(
      again,
      latest.map(([, receipt]) => receipt),
    );
  }

  async #sendBatch(sender: Sender): Promise<void> {
    const first = sender.acknowledged;
    while (sender.sent.length < first + BATCH) sender.sent.push(this.#sign(sender));
    const batch = sender.sent.slice(first, first + BATCH);
    const answers = await this.#post(
      "eth_sendRawTransaction",
      batch.map(({ raw }) => [raw]),
    );
    for (const [i, { hash }] of batch.entries()) {
      const { result, error } = answers[i] as Answer;
      // It was taken before a kill, and the answer was lost on the way.
      const isKnown = /^already known|^nonce too low/.test(error?.message ?? "");
      if (!isKnown && result !== hash) {
        assert.match(
          error?.message ?? "",
          /closing|stopping|is full|unavailable/,
          `nonce ${first + i}`,
        );
        return;
      }
      sender.acknowledged++;
      this.#waiting.add(hash);
    }
  }

  /** Asks for receipts of what waits, and remembers them and their blocks. */
  async #look(): Promise<void> {
    const asked = [...this.#waiting].slice(0, ASKED);
    const receipts = await this.#batch<Receipt | null>(
      "eth_getTransactionReceipt",
      asked.map((hash) => [hash]),
    );
    receipts.forEach((receipt, i) => {
      const hash = asked[i];
      if (receipt === null || hash === undefined) return;
      this.#waiting.delete(hash);
      this.#receipts.set(hash, receipt);
      this.#remember(receipt.blockNumber, receipt.blockHash);
    });
    const head = await this.#result<{ number: Hex; hash: Hex }>("eth_getBlockByNumber", [
      "latest",
      false,
    ]);
    this.#remember(head.number, head.hash);
  }

  #remember(number: Hex, hash: Hex): void {
    assert.equal(this.#blocks.get(number) ?? hash, hash, `block ${number} has two hashes`);
    this.#blocks.set(number, hash);
    if (BigInt(number) > this.#highest) this.#highest = BigInt(number);
  }

  /** By turns coins, tokens, and tokens that are not there. */
  #sign({ key, sent }: Sender): Sent {
    const nonce = sent.length;
    const isToken = nonce % 2 === 1 && this.#token !== undefined;
    const functionName = nonce % 4 === 1 ? "mint" : "transfer";
    const args = [DEVNET.queueAddress, 10n ** BigInt(nonce % 3)] as const;
    const data = isToken ? encodeFunctionData({ abi: tokenAbi, functionName, args }) : "0x";
    const raw = signTransaction(
      {
        type: 2,
        chainId: DEVNET.chainId,
        nonce: BigInt(nonce),
        gasLimit: isToken ? 100_000n : 21_000n,
        // Whatever the blocks do to the base fee, it stays below this.
        maxFeePerGas: 1_000n * GWEI,
        maxPriorityFeePerGas: GWEI,
        to: toAddress(isToken ? (this.#token ?? "") : (DEVNET.hosts[0]?.payout ?? "")),
        value: isToken ? 0n : 1n,
        data: fromHex(data),
        accessList: [],
      },
      key,
    );
    return { raw: toHex(raw), hash: keccak256(raw) };
  }

  async #result<Result>(method: string, params: readonly unknown[]): Promise<Result> {
    const [result] = await this.#batch<Result>(method, [params]);
    return result as Result;
  }

  /** Results in the order asked; fails when one is an error. */
  async #batch<Result>(
    method: string,
    calls: readonly (readonly unknown[])[],
  ): Promise<readonly Result[]> {
    const results: Result[] = [];
    for (let start = 0; start < calls.length; start += ASKED) {
      const answers = await this.#post(method, calls.slice(start, start + ASKED));
      for (const { result, error } of answers) {
        assert.equal(error, undefined, `${method}: ${error?.message}`);
        results.push(result as Result);
      }
    }
    return results;
  }

  async #post(method: string, calls: readonly (readonly unknown[])[]): Promise<readonly Answer[]> {
    if (calls.length === 0) return [];
    const body = JSON.stringify(
      calls.map((params, id) => ({ jsonrpc: "2.0", id, method, params })),
    );
    const response = await fetch(this.#url, { method: "POST", body });
    const answers = (await response.json()) as Answer[];
    return answers.sort((left, right) => left.id - right.id);
  }
}
