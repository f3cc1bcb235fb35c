import type { LineTable } from "@delchain/runtime";
import { decodeHash, describeValue, type Param, wrongParam } from "./params.ts";
import { RPC_CODES, RpcError } from "./rpcErrors.ts";

/** The tracer that `debug_` methods know: where a call went, line by line, and what it cost there. */
const TRACER = "delchainProfile";

/** Codes of one request; a project of a hundred contracts has two hundred. */
const CODES_MAX = 1_000;

export type ProfileRequest = { readonly codes: readonly LineTable[] };

type Members = Readonly<Record<string, unknown>>;

/** `{ tracer: "delchainProfile", tracerConfig: { codes } }`, as geth takes a tracer and what it is told. */
export function profileRequest(name: string): Param<ProfileRequest> {
  return { name, decode: decodeProfileRequest };
}

function decodeProfileRequest(value: unknown, where: string): ProfileRequest {
  const { tracer, tracerConfig } = membersOf(value, where);
  if (tracer !== TRACER) {
    const message = `${where}.tracer: this node has the tracer "${TRACER}" and not ${describeValue(tracer)}`;
    throw new RpcError(RPC_CODES.methodNotSupported, message);
  }
  const { codes } = membersOf(tracerConfig ?? {}, `${where}.tracerConfig`);
  const list = codes ?? [];
  const at = `${where}.tracerConfig.codes`;
  if (!Array.isArray(list) || list.length > CODES_MAX) {
    throw wrongParam(at, `a list of at most ${CODES_MAX} line tables`, codes);
  }
  return { codes: list.map((one: unknown, i) => decodeTable(one, `${at}[${i}]`)) };
}

function decodeTable(value: unknown, where: string): LineTable {
  const { length, hash, gaps, starts, lines } = membersOf(value, where);
  const gapList = Array.isArray(gaps) ? gaps : [];
  const table = {
    length: decodeNumbers([length], `${where}.length`)[0] as number,
    hash: decodeHash(hash, `${where}.hash`),
    gaps: gapList.map((gap: unknown, i) => {
      const [start = 0, count = 0] = decodeNumbers(gap, `${where}.gaps[${i}]`);
      return [start, count] as const;
    }),
    starts: decodeNumbers(starts, `${where}.starts`),
    lines: decodeNumbers(lines, `${where}.lines`),
  };
  if (table.starts.length !== table.lines.length) {
    throw wrongParam(`${where}.lines`, `as many as starts, ${table.starts.length}`, lines);
  }
  return table;
}

function membersOf(value: unknown, where: string): Members {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Members;
  throw wrongParam(where, "an object", value);
}

function decodeNumbers(value: unknown, where: string): readonly number[] {
  const isCount = (one: unknown): one is number => Number.isSafeInteger(one) && Number(one) >= 0;
  if (Array.isArray(value) && value.every(isCount)) return value;
  throw wrongParam(where, "whole numbers from 0", value);
}
