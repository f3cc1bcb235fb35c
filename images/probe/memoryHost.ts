import { keccak256, toHex } from "@delchain/runtime";
import { bodyOf, callFrame, frameOf } from "./frames.ts";
import type { ProgramUnderTest } from "./program.ts";

export type TokenLog = { readonly topics: readonly string[]; readonly data: string };
export type Outcome = {
  readonly status: "success" | "revert";
  /** Hex without `0x`, as are storage and logs. */
  readonly output: string;
  readonly logs: readonly TokenLog[];
};

const WORD = 64;

/** Keeps 32-byte slots and logs, and answers a program's storage calls from them: the least a token needs. */
export class MemoryHost {
  readonly storage: Map<string, string> = new Map();
  #exchange = 0n;

  /** Runs one call up to its RESULT; a revert leaves storage and logs as they were. */
  async call(
    program: ProgramUnderTest,
    call: { readonly input: string; readonly sender?: string; readonly value?: bigint },
  ): Promise<Outcome> {
    this.#exchange += 1n;
    const before = new Map(this.storage);
    const logs: TokenLog[] = [];
    program.send(callFrame({ exchange: this.#exchange, ...call }));
    for (;;) {
      const frame = await program.next();
      const type = Number.parseInt(frame.slice(10, 12), 16);
      const body = bodyOf(frame);
      if (type === 3) program.send(frameOf(4, this.#exchange, `00${this.#answer(body, logs)}`));
      else if (type === 5) return this.#conclude(body, logs, before);
      else throw new Error(`an unexpected frame: ${frame}`);
    }
  }

  #answer(body: string, logs: TokenLog[]): string {
    const operation = Number.parseInt(body.slice(0, 2), 16);
    const rest = body.slice(2);
    if (operation === 1) return this.storage.get(rest) ?? "0".repeat(WORD);
    if (operation === 2) this.storage.set(rest.slice(0, WORD), rest.slice(WORD));
    else if (operation === 6) logs.push(logOf(rest));
    else if (operation === 7) return keccak256(Buffer.from(rest, "hex")).slice(2);
    else throw new Error(`the token makes no host call ${operation}`);
    return "";
  }

  #conclude(body: string, logs: readonly TokenLog[], before: ReadonlyMap<string, string>): Outcome {
    const output = body.slice(2);
    if (body.startsWith("00")) return { status: "success", output, logs };
    this.storage.clear();
    for (const [slot, value] of before) this.storage.set(slot, value);
    return { status: "revert", output, logs: [] };
  }
}

function logOf(rest: string): TokenLog {
  const count = Number.parseInt(rest.slice(0, 2), 16);
  const topics = Array.from({ length: count }, (_, index) =>
    rest.slice(2 + index * WORD, 2 + (index + 1) * WORD),
  );
  return { topics, data: rest.slice(2 + count * WORD) };
}

/** Where Solidity keeps `mapping(address => …)[owner]` of a mapping at `slot`. */
export function mappingSlot(owner: string, slot: number): string {
  const key = owner.padStart(WORD, "0") + slot.toString(16).padStart(WORD, "0");
  return keccak256(Buffer.from(key, "hex")).slice(2);
}

export function hexOf(text: string): string {
  return toHex(Buffer.from(text)).slice(2);
}
