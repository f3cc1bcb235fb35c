import type { Tier } from "../../executor/tier.ts";
import type { FrameResult, HostApi, NestedCall, NestedOutcome } from "../../host/api.ts";
import type { CodeKind } from "../../host/envelope.ts";
import type { Address } from "../../types/address.ts";
import { bigintToBytes, bytesToBigint, EMPTY_BYTES, fromHex, type Hex } from "../../types/bytes.ts";
import { InvalidInput } from "../../types/errors.ts";
import type { Hash } from "../../types/hash.ts";

/** What a scripted contract does, one after the other; the last value is the frame's output. */
export type Step =
  | readonly ["add" | "load" | "loadTransient", number]
  | readonly ["store" | "storeTransient", number, number]
  | readonly ["log", readonly number[], Hex]
  | readonly ["call", NestedCall["kind"], Address, Hex, number?, number?]
  | readonly ["again", Address]
  | readonly ["create", Hex, number?, number?]
  | readonly ["balance" | "code" | "codeHash", Address]
  | readonly ["keccak", Hex]
  | readonly ["return" | "revert", Hex]
  | readonly ["halt" | "trap" | "bug" | "overflow" | "swallow", Address?];

/** Calldata that makes a scripted contract run `steps`. */
export function script(...steps: readonly Step[]): Hex {
  return `0x${Buffer.from(JSON.stringify(steps)).toString("hex")}`;
}

// (module (import "e" "go" (func)) (func (export "run") (call 0)))
/** The smallest module with a frame of its own: what scripted contracts are deployed as. */
export const TRAMPOLINE: Uint8Array = fromHex(
  "0x0061736d010000000104016000000208010165026" +
    "76f0000030201000707010372756e00010a0601040010000b",
);

/** What a frame saw, for the tests. */
export type Seen = {
  readonly host: HostApi;
  readonly outcomes: NestedOutcome[];
  readonly values: Uint8Array[];
};

class Returned extends Error {
  readonly result: FrameResult;
  constructor(result: FrameResult) {
    super("the frame is over");
    this.result = result;
  }
}

const word = (value: number | bigint): Uint8Array => bigintToBytes(BigInt(value), 32);

/**
 * A tier of real code: its payload is a WebAssembly module that V8 runs, so that each frame has a native stack,
 * and its calldata is a script of host API calls.
 */
export class ScriptTier implements Tier {
  readonly kind: CodeKind;
  readonly seen: Seen[] = [];
  /** What a frame without calldata does: for tests of gas, where calldata would have its own price. */
  program: readonly Step[] = [];

  constructor(kind: CodeKind = 1) {
    this.kind = kind;
  }

  prepare(payload: Uint8Array): Uint8Array {
    if (!WebAssembly.validate(Uint8Array.from(payload))) {
      throw new InvalidInput({ code: "NO_MODULE" }, "the payload is no module");
    }
    return payload;
  }

  construct(payload: Uint8Array, _: Hash, host: HostApi): FrameResult {
    return this.#run(payload, host);
  }

  call(_: Hash, load: () => Uint8Array, host: HostApi): FrameResult {
    return this.#run(load(), host);
  }

  #run(payload: Uint8Array, host: HostApi): FrameResult {
    const seen: Seen = { host, outcomes: [], values: [] };
    this.seen.push(seen);
    const { input } = host.frame;
    const steps: readonly Step[] =
      input.length === 0 ? this.program : JSON.parse(Buffer.from(input).toString());
    const go = () => {
      for (const step of steps) runStep(step, host, seen);
    };
    const module = new WebAssembly.Module(Uint8Array.from(payload));
    const instance = new WebAssembly.Instance(module, { e: { go } });
    try {
      (instance.exports.run as () => void)();
    } catch (error) {
      if (error instanceof Returned) return error.result;
      if (error instanceof WebAssembly.RuntimeError)
        return { status: "halt", reason: error.message };
      throw error;
    }
    return { status: "success", output: seen.values.at(-1) ?? EMPTY_BYTES };
  }
}

function runStep(step: Step, host: HostApi, seen: Seen): void {
  const value = stepValue(step, host, seen);
  if (value !== undefined) seen.values.push(value);
}

function stepValue(step: Step, host: HostApi, seen: Seen): Uint8Array | undefined {
  switch (step[0]) {
    case "add": {
      const sum = word(bytesToBigint(host.loadStorage(word(step[1]))) + 1n);
      host.storeStorage(word(step[1]), sum);
      return sum;
    }
    case "load":
      return host.loadStorage(word(step[1]));
    case "loadTransient":
      return host.loadTransient(word(step[1]));
    case "store":
      return void host.storeStorage(word(step[1]), word(step[2]));
    case "storeTransient":
      return void host.storeTransient(word(step[1]), word(step[2]));
    case "log":
      return void host.emitLog(step[1].map(word), fromHex(step[2]));
    case "balance":
      return word(host.balance(step[1]));
    case "code":
      return host.code(step[1]);
    case "codeHash":
      return fromHex(host.codeHash(step[1]));
    case "keccak":
      return host.keccak256(fromHex(step[1]));
    case "return":
      throw new Returned({ status: "success", output: fromHex(step[1]) });
    case "revert":
      throw new Returned({ status: "revert", output: fromHex(step[1]) });
    case "call":
    case "again":
    case "create":
      return nest(step, host, seen);
    default:
      return fail(step[0], step[1], host);
  }
}

function nest(step: Step, host: HostApi, seen: Seen): Uint8Array {
  const outcome = nestedOutcome(step, host);
  seen.outcomes.push(outcome);
  return outcome.created ? fromHex(outcome.created) : outcome.output;
}

function nestedOutcome(step: Step, host: HostApi): NestedOutcome {
  if (step[0] === "create") {
    const salt = step[3] === undefined ? undefined : word(step[3]);
    return host.create({ initCode: fromHex(step[1]), value: BigInt(step[2] ?? 0), salt });
  }
  if (step[0] === "again") {
    const { input } = host.frame;
    return host.call({ kind: "call", to: step[1], value: 0n, gas: host.meter.gas, input });
  }
  if (step[0] !== "call") throw new TypeError(`${step[0]} is no nested call`);
  const [, kind, to, input, value, gas] = step;
  return host.call({
    kind,
    to,
    value: BigInt(value ?? 0),
    gas: gas ?? host.meter.gas,
    input: fromHex(input),
  });
}

function fail(how: Step[0], address: Address | undefined, host: HostApi): undefined {
  if (how === "halt") throw new Returned({ status: "halt", reason: "asked ".repeat(40) });
  if (how === "trap") throw new WebAssembly.RuntimeError("unreachable");
  if (how === "overflow") endlessly(0);
  if (how === "swallow") {
    // A tier that takes the machine's failure for an answer.
    try {
      host.call({
        kind: "call",
        to: address as Address,
        value: 0n,
        gas: host.meter.gas,
        input: EMPTY_BYTES,
      });
    } catch {
      return undefined;
    }
    return undefined;
  }
  throw new TypeError("a bug of the tier");
}

function endlessly(depth: number): number {
  return 1 + endlessly(depth + 1);
}
