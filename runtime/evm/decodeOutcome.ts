import type { Hash } from "../types/hash.ts";
import type { Log, TransactionOutcome } from "../types/result.ts";
import type { WireReader } from "./wire.ts";

const STATUS_REVERT = 0;
const STATUS_SUCCESS = 1;
const STATUS_HALT = 2;
const STATUS_INVALID = 3;

/** A transaction that the machine could not decide, with the engine's words for it. */
export type Undecided = { readonly status: "unavailable"; readonly reason: string };

/** Reads one outcome (engine/src/wire.rs, `write_outcome`). */
export function decodeOutcome(reader: WireReader): TransactionOutcome | Undecided {
  const status = reader.u8();
  const gasUsed = reader.u64();
  reader.u64(); // The refund, which `gasUsed` already lacks.
  const created = reader.u8() === 1 ? reader.address() : undefined;
  switch (status) {
    case STATUS_SUCCESS:
      return {
        status: "success",
        gasUsed,
        output: reader.sized(),
        logs: readLogs(reader),
        created,
      };
    case STATUS_REVERT: {
      const output = reader.sized();
      readLogs(reader);
      return { status: "revert", gasUsed, output };
    }
    default: {
      const reason = reader.text();
      readLogs(reader);
      if (status === STATUS_HALT) return { status: "halt", gasUsed, reason };
      if (status === STATUS_INVALID) return { status: "invalid", reason };
      return { status: "unavailable", reason };
    }
  }
}

const NO_LOGS: readonly Log[] = [];

function readLogs(reader: WireReader): readonly Log[] {
  const count = reader.u32();
  if (count === 0) return NO_LOGS;
  const logs: Log[] = [];
  for (let i = 0; i < count; i++) logs.push(readLog(reader));
  return logs;
}

export function readLog(reader: WireReader): Log {
  const address = reader.address();
  const topics: Hash[] = [];
  for (let left = reader.u8(); left > 0; left--) topics.push(reader.hash());
  return { address, topics, data: reader.sized() };
}
