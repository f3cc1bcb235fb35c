import { setTimeout as sleep } from "node:timers/promises";
import { color, type Output } from "../output.ts";
import { request } from "../rpcClient.ts";
import { stopSignal } from "../stopSignal.ts";

export type LogsOptions = {
  readonly rpc: string;
  readonly json: boolean;
  readonly contract?: string;
  readonly follow: boolean;
};

/** As `del_getConsole` writes it. */
type Line = {
  readonly number: string;
  readonly contract: string;
  readonly during: string;
  readonly text: string;
};
type Page = { readonly lines: readonly Line[]; readonly last: string };

const POLL_MS = 250;

/** Shows what contracts have printed on a devnet, and goes on with what they print, until Ctrl-C. */
export async function logs(options: LogsOptions, output: Output): Promise<void> {
  const { rpc, json, contract, follow } = options;
  const ask = (after: number): Promise<Page> =>
    request<Page>(rpc, "del_getConsole", [`0x${after.toString(16)}`, contract ?? null]);
  const show = ({ number, contract: from, during, text }: Line): void => {
    if (json) {
      output.json({ number: Number(number), contract: from, during, text });
      return;
    }
    const [first, ...others] = text.split("\n");
    const head = `${from.slice(0, 6)}…${from.slice(-4)} ${during.padEnd(14)}`;
    output.line(`${color.dim(head)} ${first}`);
    for (const other of others) output.line(`${" ".repeat(head.length)} ${other}`);
  };
  const stop = follow ? stopSignal() : undefined;
  let page = await ask(0);
  if (follow && page.lines.length === 0) output.note("Nothing is printed yet; waiting.");
  for (;;) {
    for (const line of page.lines) show(line);
    if (stop === undefined || (await Promise.race([stop, sleep(POLL_MS)])) !== undefined) return;
    const after = Number(page.last);
    page = await ask(after);
    // The node was started again, and counts from the beginning.
    if (Number(page.last) < after) page = await ask(0);
  }
}
