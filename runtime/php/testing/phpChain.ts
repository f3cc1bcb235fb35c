import { Worker } from "node:worker_threads";
import type { FrameResult } from "../../host/api.ts";
import type { Address } from "../../types/address.ts";
import { toHex } from "../../types/bytes.ts";
import { account, MapChain } from "../../wasm/testing/mapHost.ts";
import { hashBootFiles, readBootFiles } from "../bootFiles.ts";
import type { PhpPins } from "../engine.ts";
import { PHP_INTERPRETER_SHA256 } from "../interpreterPackage.ts";
import { PhpTier } from "../phpTier.ts";

/** With the SDK as it lies in the repository now. */
export function currentPins(): PhpPins {
  return { interpreter: PHP_INTERPRETER_SHA256, sdk: hashBootFiles(readBootFiles()) };
}

/** A chain of PHP contracts in maps, without an engine; `printed` has what they print. */
export class PhpChain {
  readonly printed: string[] = [];
  readonly chain: MapChain;

  constructor() {
    const print = (_contract: Address, text: string): void => void this.printed.push(text);
    this.chain = new MapChain(new PhpTier({ pins: currentPins(), print }));
  }

  /** Puts a contract whose one method is `body`, in place of the last. */
  put(body: string, at: Address = account(0x50)): Address {
    return this.putSource(contractSource(body), at);
  }

  putSource(source: string, at: Address = account(0x50)): Address {
    this.chain.contracts.set(at, new TextEncoder().encode(source));
    return at;
  }

  run(body: string, gas = 10_000_000): Outcome {
    return this.call(this.put(body), new Uint8Array(0), gas);
  }

  call(at: Address, input: Uint8Array = new Uint8Array(0), gas = 10_000_000): Outcome {
    const { result, gasUsed } = this.chain.send(at, input, { gas });
    return { ...readable(result), gasUsed };
  }
}

export type Outcome = { readonly status: string; readonly text: string; readonly gasUsed: number };

/** `body` answers the calldata `$input` with a string. */
export function contractSource(body: string): string {
  return `<?php
use DelChain\\{Abi, Address, Bytes32, Contract, Revert, U256};
final class Subject extends Contract {
    protected function dispatch(string $input): string {
        ${body}
    }
}`;
}

const REASON_AT = 4 + 64;

/** A success's bytes as text, a revert's reason, or why it halted. */
export function readable(result: FrameResult): { status: string; text: string } {
  if (result.status === "halt") return { status: "halt", text: result.reason };
  const { status, output } = result;
  if (status === "success") return { status, text: Buffer.from(output).toString() };
  const isReason = toHex(output).startsWith("0x08c379a0");
  const length = isReason ? Number(BigInt(toHex(output.subarray(36, 68)))) : 0;
  const text = isReason
    ? Buffer.from(output.subarray(REASON_AT, REASON_AT + length)).toString()
    : toHex(output);
  return { status, text };
}

/** Runs bodies in a thread with the stack that nodes give theirs. */
export async function runInNodeThread(bodies: readonly string[]): Promise<readonly Outcome[]> {
  const worker = new Worker(new URL("./phpThread.ts", import.meta.url), {
    workerData: bodies,
    resourceLimits: { stackSizeMb: 16 },
  });
  return new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}
