import { setTimeout as sleep } from "node:timers/promises";
import { getConsole, type Printed, type PrintedLine } from "@delchain/sdk";
import type { Address } from "viem";
import { explainedCallError, type Reader } from "./chainClient.ts";

const POLL_MS = 250;

/** What contracts have printed after the line of that number, of one contract or of all. */
export async function printedAfter(
  reader: Reader,
  after: bigint,
  contract?: string,
): Promise<Printed> {
  const of = contract === undefined ? {} : { contract: contract as Address };
  try {
    return await getConsole(reader, { after, ...of });
  } catch (error) {
    throw explainedCallError(error, "del_getConsole");
  }
}

/** Shows what contracts print from a page on, until `stop` resolves. */
export async function followPrinted(
  { reader, contract, from }: { reader: Reader; contract?: string | undefined; from: Printed },
  show: (line: PrintedLine) => void,
  stop: Promise<unknown>,
): Promise<void> {
  const ended = stop.then(() => "ended");
  let page = from;
  for (;;) {
    for (const line of page.lines) show(line);
    if ((await Promise.race([ended, sleep(POLL_MS)])) !== undefined) return;
    const { last } = page;
    page = await printedAfter(reader, last, contract);
    // The node was started again, and counts from the beginning.
    if (page.last < last) page = await printedAfter(reader, 0n, contract);
  }
}
