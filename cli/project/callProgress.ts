import { setTimeout as sleep } from "node:timers/promises";
import type { Hash, TransactionReceipt } from "viem";
import { TransactionReceiptNotFoundError } from "viem";
import { CommandError } from "../commandError.ts";
import { EXIT } from "../exitCodes.ts";
import { noteColor, type Output } from "../output.ts";
import { request } from "../rpcClient.ts";
import type { Reader } from "./chainClient.ts";
import { progressLine } from "./progressLine.ts";

const POLL_MS = 100;
/** A container's cold start and its committee may take this long; the call goes on without us. */
const WAIT_MS = 120_000;

type CallReport = {
  readonly status: string;
  readonly orderedIn: string | null;
} | null;

const PHASES: readonly string[] = ["pending", "ordered", "executing", "attested"];

/**
 * Waits for a transaction's receipt. Of a container call it shows the phases on its way: ordered in a block,
 * executing, attested, result.
 */
export async function waitForReceipt(
  reader: Reader,
  rpc: string,
  hash: Hash,
  output: Output,
): Promise<TransactionReceipt> {
  const line = progressLine();
  const until = performance.now() + WAIT_MS;
  let shown = "";
  try {
    while (performance.now() < until) {
      const receipt = await receiptOf(reader, hash);
      if (receipt) return receipt;
      const phase = await phaseOf(rpc, hash);
      if (phase !== shown && phase !== "") {
        shown = phase;
        line.end();
        if (phase.startsWith("ordered")) output.note(noteColor.dim(phase));
        else line.show(phase);
      }
      await sleep(POLL_MS);
    }
  } finally {
    line.end();
  }
  throw new CommandError(
    `transaction ${hash} has no receipt after ${WAIT_MS / 1_000} s; it goes on: look again with del_getCall or eth_getTransactionReceipt`,
    EXIT.unavailable,
  );
}

async function receiptOf(reader: Reader, hash: Hash): Promise<TransactionReceipt | undefined> {
  try {
    return await reader.getTransactionReceipt({ hash });
  } catch (error) {
    if (error instanceof TransactionReceiptNotFoundError) return undefined;
    throw error;
  }
}

/** Empty on a chain that knows no such phases. */
async function phaseOf(rpc: string, hash: Hash): Promise<string> {
  const report = await request<CallReport>(rpc, "del_getCall", [hash]).catch(() => null);
  if (report === null || !PHASES.includes(report.status)) return "";
  if (report.status === "ordered" && report.orderedIn !== null) {
    return `ordered in block ${Number(report.orderedIn)}`;
  }
  return report.status;
}
