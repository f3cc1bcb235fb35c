import type { CallTrace } from "../executor/trace.ts";
import type { Address } from "../types/address.ts";
import { ZERO_ADDRESS } from "../types/address.ts";
import { EMPTY_BYTES } from "../types/bytes.ts";
import { assert } from "../types/errors.ts";
import type { Log } from "../types/result.ts";
import { readLog } from "./decodeOutcome.ts";
import type { WireReader } from "./wire.ts";

type OpenFrame = {
  readonly kind: CallTrace["kind"];
  readonly from: Address;
  readonly to: Address | undefined;
  readonly value: bigint;
  readonly gasLimit: bigint;
  readonly input: Uint8Array;
  readonly logs: Log[];
  readonly calls: CallTrace[];
};

const CALL_KINDS = ["call", "static", "delegate", "callcode"] as const;
const CREATE_KINDS = ["create", "create2"] as const;
const END_STATUSES = ["success", "revert", "halt"] as const;

/** Shapes the engine's stream of events (engine/src/tracer.rs) into a tree; `undefined` when no frame began. */
export function decodeTrace(reader: WireReader): CallTrace | undefined {
  const open: OpenFrame[] = [];
  let root: CallTrace | undefined;
  while (!reader.isAtEnd) {
    const event = String.fromCharCode(reader.u8());
    switch (event) {
      case "C":
        open.push(readCall(reader));
        break;
      case "N":
        open.push(readCreate(reader));
        break;
      case "L":
        open.at(-1)?.logs.push(readLog(reader));
        break;
      case "X":
        open.at(-1)?.calls.push(readSelfdestruct(reader));
        break;
      case "E": {
        const frame = open.pop();
        assert(frame !== undefined, "a frame ends after it began");
        const ended = endFrame(frame, reader);
        const parent = open.at(-1);
        if (parent) parent.calls.push(ended);
        else root = ended;
        break;
      }
      default:
        throw new Error(`broken invariant: the engine's trace has no event "${event}"`);
    }
  }
  return root;
}

function named<Name extends string>(names: readonly Name[], index: number): Name {
  const name = names[index];
  assert(name !== undefined, `the engine's trace knows ${names.join(", ")}, not ${index}`);
  return name;
}

function readCall(reader: WireReader): OpenFrame {
  return {
    kind: named(CALL_KINDS, reader.u8()),
    from: reader.address(),
    to: reader.address(),
    value: reader.word(),
    gasLimit: reader.u64(),
    input: reader.sized(),
    logs: [],
    calls: [],
  };
}

function readCreate(reader: WireReader): OpenFrame {
  return {
    kind: named(CREATE_KINDS, reader.u8()),
    from: reader.address(),
    to: undefined,
    value: reader.word(),
    gasLimit: reader.u64(),
    input: reader.sized(),
    logs: [],
    calls: [],
  };
}

function readSelfdestruct(reader: WireReader): CallTrace {
  return {
    kind: "selfdestruct",
    from: reader.address(),
    to: reader.address(),
    value: reader.word(),
    gasLimit: 0n,
    gasUsed: 0n,
    input: EMPTY_BYTES,
    output: EMPTY_BYTES,
    status: "success",
    reason: undefined,
    logs: [],
    calls: [],
  };
}

function endFrame(frame: OpenFrame, reader: WireReader): CallTrace {
  const status = named(END_STATUSES, reader.u8());
  const gasUsed = reader.u64();
  const created = reader.address();
  const output = reader.sized();
  const reason = reader.text();
  return {
    ...frame,
    to: frame.to ?? (created === ZERO_ADDRESS ? undefined : created),
    gasUsed,
    output,
    status,
    reason: reason === "" ? undefined : reason,
    // What a failed frame logged, and those that it called, never was.
    logs: status === "success" ? frame.logs : [],
    calls: status === "success" ? frame.calls : frame.calls.map(withoutLogs),
  };
}

function withoutLogs(trace: CallTrace): CallTrace {
  return { ...trace, logs: [], calls: trace.calls.map(withoutLogs) };
}
