import { encodeFunctionData, getContractAddress, type Hex, keccak256 } from "viem";
import { loadArtefacts } from "../../apps/tour/artefacts.ts";
import { tokenAbi } from "../../apps/tour/tokenAbi.ts";
import { DEVNET, DEVNET_ACCOUNTS } from "../../chain/index.ts";
import { decodeTransaction } from "../../chain/tx/codec.ts";
import { nobleRecovery, recoverSender, signTransaction } from "../../chain/tx/signer.ts";
import { TEST_KEY, testKey } from "../../chain/tx/testTransactions.ts";
import { type Address, fromHex, toAddress, toHex } from "../../runtime/index.ts";

export const KINDS = ["coins", "tokens"] as const;
export type Kind = (typeof KINDS)[number];

/** Raw transactions of each sender, in the order of nonces. */
export type Round = { readonly kind: Kind; readonly senders: readonly (readonly Hex[])[] };

const SENDERS = 20;
const BATCH = 100;
/** Requests under way at one time while transactions are sent. */
const PUMPS = 4;
/** Receipts asked for in one request. */
const ASKED = 500;
const POLL_MS = 10;
const TIMEOUT_MS = 600_000;
const GWEI = 10n ** 9n;
const DEL = 10n ** 18n;

const keys = Array.from({ length: SENDERS }, (_, i) => testKey(1_000 + i));
const addresses = keys.map(addressOf);
/** The first contract of the first account: at the same address on every node. */
const token = toAddress(
  getContractAddress({ from: DEVNET_ACCOUNTS[0] as Hex, nonce: 0n }).toLowerCase(),
);
const receiver = toAddress(`0x${"7e".repeat(20)}`);
const TRANSFER_ONE = encodeFunctionData({
  abi: tokenAbi,
  functionName: "transfer",
  args: [receiver, 1n],
});

/** Deploys the token and gives every sender coins and tokens for `transfers` in all. */
export async function fund(url: string, transfers: number): Promise<void> {
  const code = loadArtefacts().get("token-solidity")?.initCode();
  if (code === undefined) throw new Error("apps/tour has no token-solidity");
  const first = fromHex(TEST_KEY);
  const raws = [sign(first, 0, undefined, 0n, code, 2_000_000n)];
  for (const address of addresses) {
    const mint = encodeFunctionData({
      abi: tokenAbi,
      functionName: "mint",
      args: [address, BigInt(transfers)],
    });
    raws.push(sign(first, raws.length, address, 100n * DEL, "0x", 21_000n));
    raws.push(sign(first, raws.length, token, 0n, mint, 200_000n));
  }
  await runRound(url, [raws]);
}

/** `rounds` times each kind, `count` transactions each. */
export function signRounds(count: number, rounds: number): readonly Round[] {
  const each = Math.ceil(count / SENDERS);
  let nonce = 0;
  return Array.from({ length: rounds }, () => KINDS).flatMap((kinds) =>
    kinds.map((kind) => {
      const first = nonce;
      nonce += each;
      const nonces = Array.from({ length: each }, (_, i) => first + i);
      return {
        kind,
        senders: keys.map((key) => nonces.map((one) => signTransfer(kind, key, one))),
      };
    }),
  );
}

/** Whom `tokenCalls` sends from: give them coins and tokens. */
export const CALLERS: readonly Address[] = addresses;

/** `each` transfers of one token a caller, from nonce `first` on. */
export function tokenCalls(
  at: Address,
  { first, each, gasLimit }: { first: number; each: number; gasLimit: bigint },
): readonly (readonly Hex[])[] {
  const nonces = Array.from({ length: each }, (_, i) => first + i);
  return keys.map((key) => nonces.map((nonce) => sign(key, nonce, at, 0n, TRANSFER_ONE, gasLimit)));
}

/** Sends all and waits for all receipts. Returns seconds. Throws when one is refused or does not succeed. */
export async function runRound(url: string, senders: readonly (readonly Hex[])[]): Promise<number> {
  const batches = interleaved(senders);
  const hashes = senders.flat().map((raw) => keccak256(raw));
  const started = performance.now();
  let next = 0;
  const pump = async (): Promise<void> => {
    for (let batch = batches[next++]; batch; batch = batches[next++]) {
      await post(url, "eth_sendRawTransaction", batch);
    }
  };
  await Promise.all(Array.from({ length: PUMPS }, pump));
  // Asking for every receipt again and again would be most of the node's work.
  for (const last of senders.flatMap((raws) => raws.at(-1) ?? [])) {
    await receiptsOf(url, [keccak256(last)], started);
  }
  await receiptsOf(url, hashes, started);
  return (performance.now() - started) / 1_000;
}

/** Waits until all receipts are there. */
async function receiptsOf(url: string, hashes: readonly Hex[], started: number): Promise<void> {
  let missing = hashes;
  while (missing.length > 0) {
    const left: Hex[] = [];
    for (let start = 0; start < missing.length; start += ASKED) {
      const asked = missing.slice(start, start + ASKED);
      const receipts = await post<{ status: Hex } | null>(url, "eth_getTransactionReceipt", asked);
      receipts.forEach((receipt, i) => {
        if (receipt && receipt.status !== "0x1") throw new Error(`${asked[i]} failed at ${url}`);
        if (receipt === null) left.push(asked[i] as Hex);
      });
    }
    missing = left;
    if (missing.length === 0) break;
    if (performance.now() - started > TIMEOUT_MS)
      throw new Error(`${missing.length} receipts missing at ${url}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Batches of one sender each, the first of every sender first. */
function interleaved(senders: readonly (readonly Hex[])[]): readonly (readonly Hex[])[] {
  const batches: (readonly Hex[])[] = [];
  const longest = Math.max(...senders.map(({ length }) => length));
  for (let start = 0; start < longest; start += BATCH) {
    for (const raws of senders) batches.push(raws.slice(start, start + BATCH));
  }
  return batches.filter(({ length }) => length > 0);
}

async function post<Result>(
  url: string,
  method: string,
  items: readonly Hex[],
): Promise<readonly Result[]> {
  const body = JSON.stringify(
    items.map((item, id) => ({ jsonrpc: "2.0", id, method, params: [item] })),
  );
  const headers = { "content-type": "application/json" };
  const response = await fetch(url, { method: "POST", body, headers });
  const answers = (await response.json()) as {
    id: number;
    result: Result;
    error?: { message: string };
  }[];
  for (const { error } of answers) {
    if (error) throw new Error(`${url} ${method}: ${error.message}`);
  }
  return answers.sort((left, right) => left.id - right.id).map(({ result }) => result);
}

function signTransfer(kind: Kind, key: Uint8Array, nonce: number): Hex {
  if (kind === "coins") return sign(key, nonce, receiver, 1n, "0x", 21_000n);
  return sign(key, nonce, token, 0n, TRANSFER_ONE, 100_000n);
}

function sign(
  key: Uint8Array,
  nonce: number,
  to: Address | undefined,
  value: bigint,
  data: Hex,
  gasLimit: bigint,
): Hex {
  const raw = signTransaction(
    {
      type: 2,
      chainId: DEVNET.chainId,
      nonce: BigInt(nonce),
      gasLimit,
      maxFeePerGas: 100n * GWEI,
      maxPriorityFeePerGas: GWEI,
      to,
      value,
      data: fromHex(data),
      accessList: [],
    },
    key,
  );
  return toHex(raw);
}

function addressOf(key: Uint8Array): Address {
  const raw = signTransaction(
    {
      type: 0,
      chainId: DEVNET.chainId,
      nonce: 0n,
      gasLimit: 0n,
      gasPrice: 0n,
      to: undefined,
      value: 0n,
      data: new Uint8Array(0),
    },
    key,
  );
  return recoverSender(decodeTransaction(raw, DEVNET), nobleRecovery);
}
