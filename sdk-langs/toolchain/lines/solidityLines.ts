import { fromHex } from "@delchain/runtime";
import type { CompiledSolidity, SolidityContract } from "@delchain/solidity";
import { type LineRow, type SourceLines, sourceLinesOf } from "./sourceLines.ts";

const PUSH0 = 0x5f;
const PUSH32 = 0x7f;
const NEWLINE = 0x0a;

/** The lines of a contract that solc compiled. Routines that the compiler makes up belong to no file. */
export function solidityLines(
  { initCode, debug }: SolidityContract,
  compiled: Pick<CompiledSolidity, "sources" | "fileIds" | "functions">,
): SourceLines {
  const { sources, fileIds, functions } = compiled;
  const lineOf = lineFinder(sources);
  const rowsOf = (code: Uint8Array, map: string): readonly LineRow[] => {
    const places = decodeSourceMap(map);
    return instructionsOf(code, places.length).map((position, i) => {
      const { start, file: id } = places[i] as Place;
      const file = fileIds[id];
      return { position, file, line: file === undefined ? 0 : lineOf(file, start) };
    });
  };
  const init = fromHex(initCode);
  const deployed = fromHex(debug.deployed);
  return sourceLinesOf(
    [
      { code: init, gaps: debug.initGaps, rows: rowsOf(init, debug.initMap) },
      { code: deployed, gaps: debug.deployedGaps, rows: rowsOf(deployed, debug.deployedMap) },
    ],
    functions.map(({ name, file, start, end }) => {
      const lines = { line: lineOf(file, start), lastLine: lineOf(file, Math.max(start, end - 1)) };
      return { name, file, ...lines };
    }),
  );
}

type Place = { readonly start: number; readonly file: number };

/** `start:length:file:jump:depth;…`, where a field that is left out is the last one's. */
function decodeSourceMap(map: string): readonly Place[] {
  let [start, file] = [0, -1];
  return map.split(";").map((entry) => {
    const fields = entry.split(":");
    if (fields[0]) start = Number(fields[0]);
    if (fields[2]) file = Number(fields[2]);
    return { start, file };
  });
}

/** Positions of the first instructions: what a push pushes is none, and neither is the data behind the code. */
function instructionsOf(code: Uint8Array, count: number): readonly number[] {
  const positions: number[] = [];
  for (let at = 0; at < code.length && positions.length < count; at++) {
    positions.push(at);
    const opcode = code[at] as number;
    if (opcode > PUSH0 && opcode <= PUSH32) at += opcode - PUSH0;
  }
  return positions;
}

/** From a byte of a file to its line. */
function lineFinder(
  sources: Readonly<Record<string, string>>,
): (file: string, offset: number) => number {
  const starts = new Map<string, readonly number[]>();
  return (file, offset) => {
    let known = starts.get(file);
    if (known === undefined) {
      known = lineStarts(new TextEncoder().encode(sources[file] ?? ""));
      starts.set(file, known);
    }
    const after = known.findIndex((start) => start > offset);
    return after < 0 ? known.length : after;
  };
}

function lineStarts(bytes: Uint8Array): readonly number[] {
  const starts = [0];
  bytes.forEach((byte, at) => {
    if (byte === NEWLINE) starts.push(at + 1);
  });
  return starts;
}
