import { setTimeout as sleep } from "node:timers/promises";
import { CODE_KINDS, encodeEnvelope } from "@delchain/runtime";
import { explainFailure, getContractLife } from "@delchain/sdk";
import { type Address, getAddress, type Hash, type Hex, toHex } from "viem";
import type { PrivateKeyAccount } from "viem/accounts";
import { CommandError } from "../commandError.ts";
import { EXIT } from "../exitCodes.ts";
import type { Output } from "../output.ts";
import { waitForReceipt } from "./callProgress.ts";
import { explainedCallError, type openChain } from "./chainClient.ts";

export type OpenChain = Awaited<ReturnType<typeof openChain>>;

export type Creation = {
  /** What is created, for messages. */
  readonly name: string;
  readonly account: PrivateKeyAccount;
  readonly data: Hex;
  readonly value?: bigint | undefined;
  readonly gas?: bigint;
  readonly nonce?: number;
  /** Of a container: the call that runs its constructor (`constructionCall`). */
  readonly construction?: Hex | undefined;
};

/** A transaction that succeeded. */
export type Sent = {
  readonly transactionHash: Hash;
  readonly gasUsed: bigint;
  readonly blockNumber: bigint;
};

export type Created = Sent & { readonly address: Address };

/** What a container's creation begins with: the envelope before the length of what it holds. */
const CONTAINER: Hex = toHex(encodeEnvelope(CODE_KINDS.container, new Uint8Array()).slice(0, 4));
/** How long hosts may take to start and test a version. */
const READY_MS = 120_000;
const POLL_MS = 300;

/**
 * Sends one creation transaction and waits for it, and for a container until hosts are ready for it and its constructor
 * has run. Throws `CommandError` with the reason when one reverts. What waits for people is there, and said.
 */
export async function createContract(
  { name, account, construction, ...transaction }: Creation,
  chain: OpenChain,
  rpc: string,
  output: Output,
): Promise<Created> {
  const { reader, walletOf } = chain;
  const hash = await walletOf(account)
    .sendTransaction(transaction)
    .catch((error: unknown) => {
      throw explainedCallError(error, `deploying ${name}`);
    });
  const receipt = await waitForReceipt(reader, rpc, hash, output);
  if (receipt.status !== "success" || !receipt.contractAddress) {
    throw new CommandError(`deploying ${name} reverted in transaction ${hash}`, EXIT.failed);
  }
  const { contractAddress, gasUsed, blockNumber } = receipt;
  const address = getAddress(contractAddress);
  const isContainer = transaction.data.startsWith(CONTAINER);
  const missing = isContainer ? await whatIsMissing(address, chain, output) : undefined;
  if (missing !== undefined) {
    const later =
      construction === undefined ? "" : ", and its constructor runs before its first call";
    output.note(`${name} takes no call yet: it waits for ${missing}${later}`);
  } else if (construction !== undefined) {
    await construct(address, { name, account, data: construction }, chain, rpc, output);
  }
  return { address, transactionHash: hash, gasUsed, blockNumber };
}

/** What a contract still waits for, once hosts have had their time; `undefined` when it takes calls. */
async function whatIsMissing(
  address: Address,
  { reader }: OpenChain,
  output: Output,
): Promise<string | undefined> {
  const until = performance.now() + READY_MS;
  let isTold = false;
  for (;;) {
    const { status, candidate, escrow, deposit } = await getContractLife(reader, { address });
    if (status !== "pending" || candidate === undefined) return undefined;
    const { approvals, approvalsNeeded, ready, readyNeeded } = candidate;
    const people = [
      approvals < approvalsNeeded && `approvals, ${approvals} of ${approvalsNeeded} so far`,
      escrow < deposit && `its deposit, ${escrow} of ${deposit} wei so far`,
    ].filter((one) => one !== false);
    if (people.length > 0) return `${people.join(" and ")} (delchain contract status ${address})`;
    const hosts = `hosts that are ready, ${ready} of ${readyNeeded} so far`;
    if (performance.now() > until) return `${hosts} (delchain logs --contract ${address})`;
    if (!isTold) output.note(`waiting for ${hosts} …`);
    isTold = true;
    await sleep(POLL_MS);
  }
}

/** The contract is there whatever comes of it; without a constructor that succeeds it takes no call. */
export async function construct(
  to: Address,
  { name, account, data }: Pick<Creation, "name" | "account" | "data">,
  { reader, walletOf }: OpenChain,
  rpc: string,
  output: Output,
): Promise<void> {
  const what = `constructing ${name} at ${to}`;
  const hash = await walletOf(account)
    .sendTransaction({ to, data })
    .catch((error: unknown) => {
      throw explainedCallError(error, what);
    });
  const receipt = await waitForReceipt(reader, rpc, hash, output);
  if (receipt.status === "success") return;
  const why = (await explainFailure(reader, { hash })) ?? "it reverted";
  throw new CommandError(`${what} failed in transaction ${hash}: ${why}`, EXIT.failed);
}
