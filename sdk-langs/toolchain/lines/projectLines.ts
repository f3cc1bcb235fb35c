import type { CodeProfile, FailedFrame, LineTable } from "@delchain/runtime";
import { builtNames } from "../buildOutput.ts";
import { functionAt, loadLines, type SourceLines } from "./sourceLines.ts";

/** A profile as `debug_traceCall` and `debug_traceTransaction` answer it with the tracer `delchainProfile`. */
export type RpcProfile = {
  readonly status: "success" | "revert" | "halt";
  readonly gasUsed: `0x${string}`;
  readonly intrinsicGas: `0x${string}`;
  readonly refundedGas: `0x${string}`;
  readonly floorGas: `0x${string}`;
  readonly codes: readonly Nullable<CodeProfile>[];
  readonly failure: readonly Nullable<FailedFrame>[];
};

/** What has no line table has `null` there. */
type Nullable<T extends { readonly table: unknown }> = Omit<T, "table"> & {
  readonly table: Exclude<T["table"], undefined> | null;
};

/** What `debug_` methods are asked with. */
export type ProfileOptions = {
  readonly tracer: "delchainProfile";
  readonly tracerConfig: { readonly codes: readonly LineTable[] };
};

/** The lines of all contracts that a project has built, as one list of codes. */
export class ProjectLines {
  readonly contracts: ReadonlyMap<string, SourceLines>;
  readonly #codes: readonly { readonly contract: string; readonly table: LineTable }[];

  constructor(contracts: ReadonlyMap<string, SourceLines>) {
    this.contracts = contracts;
    this.#codes = [...contracts].flatMap(([contract, { codes }]) =>
      codes.map((table) => ({ contract, table })),
    );
  }

  get options(): ProfileOptions {
    const codes = this.#codes.map(({ table }) => table);
    return { tracer: "delchainProfile", tracerConfig: { codes } };
  }

  /** Whose code a profile means by a table's place. */
  contractOf(table: number | null): string | undefined {
    return table === null ? undefined : this.#codes[table]?.contract;
  }

  /** Where a call failed, innermost first: `at Token.transfer (contracts/Token.sol:31)`. */
  trace(failure: RpcProfile["failure"]): readonly string[] {
    return failure.map(({ table, address, line }) => {
      const contract = this.contractOf(table);
      const lines = contract === undefined ? undefined : this.contracts.get(contract);
      if (contract === undefined || lines === undefined) return `at ${address}`;
      const [file, number] = lines.places[line - 1] ?? [];
      if (file === undefined) return `at ${contract}`;
      const name = functionAt(lines, line)?.name;
      const where = name === undefined || name === "" ? contract : `${contract}.${name}`;
      return `at ${where} (${lines.files[file]}:${number})`;
    });
  }
}

export function loadProjectLines(root: string): ProjectLines {
  const contracts = new Map<string, SourceLines>();
  for (const name of builtNames(root)) {
    const lines = loadLines(root, name);
    if (lines !== undefined) contracts.set(name, lines);
  }
  return new ProjectLines(contracts);
}

/** What ran of one contract, over many calls. */
export type ContractProfile = {
  /** Ink of its frames before their first line, such as the price of an instance. */
  frameInk: number;
  /** By place: how often it ran, its own ink, and that with the calls of other contracts. */
  readonly lines: Record<number, [hits: number, selfInk: number, totalInk: number]>;
};

/** Profiles of many calls put together, by contract; also as JSON, since several processes test. */
export type ProfileSum = Record<string, ContractProfile>;

export function addProfile(
  sum: ProfileSum,
  project: ProjectLines,
  { codes }: Pick<RpcProfile, "codes">,
): void {
  for (const { table, lines } of codes) {
    const name = project.contractOf(table);
    if (name === undefined) continue;
    const lineSums = lines.map(({ line, hits, selfInk, totalInk }) => {
      return [line, [hits, selfInk, totalInk]] as const;
    });
    addContract(sum, name, lineSums);
  }
}

export function addProfileSum(sum: ProfileSum, other: ProfileSum): void {
  for (const [name, { frameInk, lines }] of Object.entries(other)) {
    const entries = Object.entries(lines).map(([line, values]) => [Number(line), values] as const);
    addContract(sum, name, [[0, [0, frameInk, frameInk]], ...entries]);
  }
}

function addContract(
  sum: ProfileSum,
  name: string,
  lines: readonly (readonly [line: number, values: readonly [number, number, number]])[],
): void {
  sum[name] ??= { frameInk: 0, lines: {} };
  const own = sum[name];
  for (const [line, [hits, selfInk, totalInk]] of lines) {
    if (line === 0) own.frameInk += selfInk;
    else {
      const [h, s, t] = own.lines[line] ?? [0, 0, 0];
      own.lines[line] = [h + hits, s + selfInk, t + totalInk];
    }
  }
}
