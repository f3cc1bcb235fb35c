import { type Address, CONSOLE_TEXT_BYTES, type ConsoleWriter } from "@delchain/runtime";
import type { ConsoleLine, ConsolePage } from "../rpc/backend.ts";

/** Lines that a thread keeps of one turn: a call's gas would pay for hundreds of thousands. */
export const LINES_PER_TURN = 1_000;
/** Lines that a node keeps for those who ask later: 4 MB at most. */
export const LINES_KEPT = 1_000;

type Post = { readonly console: readonly Line[] };
type Line = Omit<ConsoleLine, "number">;
type Sender = { readonly postMessage: (message: Post) => void };
type Receiver = {
  readonly on: (event: "message", listener: (message: Partial<Post>) => void) => unknown;
};

/** In a thread that runs contracts: what they print, sent to the node when the call at hand is done. */
export function consoleWriter(port: Sender, during: ConsoleLine["during"]): ConsoleWriter {
  let lines: Line[] = [];
  let dropped = 0;
  const flush = (): void => {
    const last = lines.at(-1);
    if (dropped > 0 && last) lines.push({ ...last, text: `… and ${dropped} more lines` });
    port.postMessage({ console: lines });
    lines = [];
    dropped = 0;
  };
  return (contract, text) => {
    if (lines.length === 0) setImmediate(flush);
    if (lines.length >= LINES_PER_TURN) dropped++;
    else lines.push({ contract, during, text: text.slice(0, CONSOLE_TEXT_BYTES) });
  };
}

/** What the contracts of a devnet have printed lately, each line with a number of its own from 1. */
export class ConsoleHistory {
  readonly #lines: ConsoleLine[] = [];
  #next = 1;

  /** Takes what a thread sends by its `consoleWriter`. */
  listen(thread: Receiver): void {
    thread.on("message", ({ console: lines }) => {
      for (const line of lines ?? []) this.add(line);
    });
  }

  /** The lines that are kept after the one of that number, of one contract or of all. */
  after(number: number, contract: Address | undefined): ConsolePage {
    const lines = this.#lines.filter(
      (line) => line.number > number && (contract === undefined || line.contract === contract),
    );
    return { lines, last: this.#next - 1 };
  }

  add(line: Line): void {
    this.#lines.push({ ...line, number: this.#next++ });
    if (this.#lines.length > LINES_KEPT) this.#lines.shift();
  }
}
