import {
  type BlockContext,
  type CallFinding,
  type CallRun,
  createdState,
  type DriverSet,
  explain,
  type FoundCause,
  fromHex,
  keccak256,
  type Manifest,
  ReplicaRuns,
  toAddress,
  toHex,
} from "@delchain/runtime";
import { describeCause, describeDifference } from "@delchain/sdk";
import { type Abi, decodeErrorResult } from "viem";
import { type CausePlace, causePlaces } from "./causePlaces.ts";
import type { CheckCall, CheckPlan } from "./checkCalls.ts";

/** A contract that runs in a container, and what is known of it. */
export type CheckedContract = {
  readonly name: string;
  readonly manifest: Manifest;
  readonly abi: Abi;
  /** Texts of its own sources by file. */
  readonly sources: ReadonlyMap<string, string>;
};

/** A cause in words. */
export type CauseReport = {
  readonly cause: string;
  readonly what: string;
  /** Seen in the values alone. */
  readonly isGuess: boolean;
  /** Where replicas differ, with both values. */
  readonly difference: string;
  /** Lines of the sources that are likely to bring it in. */
  readonly places: readonly CausePlace[];
  readonly instead: string;
};

export type CallReport = Pick<CallFinding, "verdict"> & {
  readonly call: string;
  /** What the call came to, with a reason: of one that reverts at once little is learnt. */
  readonly outcome: string;
  readonly causes: readonly CauseReport[];
  readonly reliesOn: readonly CauseReport[];
  /** Where its answers differ and may, because the manifest's outputs say how hosts agree on them. */
  readonly ignored?: string;
};

export type ContractReport = {
  readonly contract: string;
  readonly calls: readonly CallReport[];
  readonly runs: number;
  readonly untried: readonly { readonly cause: string; readonly reason: string }[];
};

const ADDRESS = toAddress(`0x${"c0".repeat(20)}`);
const CALLER = toAddress("0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266");
const SEED = keccak256(new TextEncoder().encode("delchain check"));
const GAS_LIMIT = 50_000_000n;
/** The same in every check, so that a strict contract says the same. */
const BLOCK: BlockContext = {
  chainId: 31_337n,
  number: 1n,
  timestamp: 1_700_000_000n,
  gasLimit: 1n << 27n,
  baseFee: 1n,
  producer: CALLER,
  randomness: SEED,
};
/** What its containers are known by on an engine; the process stands behind it. */
const LABEL = "check ";
/** Two containers at once: a machine that hosts replicas has two CPUs. */
const AT_ONCE = 2;

/**
 * Runs the calls in perturbed replicas and says what each one's result depends on. Throws `Unavailable` when nothing here
 * runs the contract.
 */
export async function checkContract(
  contract: CheckedContract,
  plan: CheckPlan,
  drivers: DriverSet,
  onRun: (what: string, done: number, of: number) => void,
): Promise<ContractReport> {
  const { manifest } = contract;
  const { constructorArguments: args } = plan;
  const pending = args && { deployer: CALLER, value: 0n, arguments: fromHex(args) };
  const replicas = new ReplicaRuns({
    driver: await drivers.choose(manifest),
    manifest,
    chain: `${LABEL}${process.pid}`,
    contract: ADDRESS,
    block: BLOCK,
    calls: plan.calls.map(({ input }) => ({
      caller: CALLER,
      origin: CALLER,
      value: 0n,
      input: fromHex(input),
      gasLimit: GAS_LIMIT,
      seed: SEED,
      sending: { callId: SEED, hops: 0, prices: { execute: 1n, order: 1n } },
    })),
    view: createdState(ADDRESS, pending),
  });
  const nowSeconds = BigInt(Math.floor(Date.now() / 1_000));
  const found = await explain(replicas, plan.calls.length, { nowSeconds, atOnce: AT_ONCE, onRun });
  const calls = found.calls.map((finding, i) =>
    callReport(contract, plan.calls[i] as CheckCall, finding),
  );
  return { contract: contract.name, calls, runs: found.runs, untried: found.untried };
}

/** Removes what checks left whose process was ended, as by Ctrl-C. */
export async function removeLeftovers(drivers: DriverSet): Promise<void> {
  for (const driver of await drivers.available()) {
    if (!driver.gives.outlives) continue;
    for (const { id, labels } of await driver.list({ contract: ADDRESS })) {
      if (!labels.chain.startsWith(LABEL)) continue;
      if (!isRunning(Number(labels.chain.slice(LABEL.length)))) await driver.remove(id);
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function callReport(
  contract: CheckedContract,
  call: CheckCall,
  { verdict, run, causes, reliesOn, ignored }: CallFinding,
): CallReport {
  const report = (found: FoundCause): CauseReport => causeReport(contract, call, found);
  return {
    call: call.shown,
    verdict,
    outcome: outcomeOf(contract, run),
    causes: causes.map(report),
    reliesOn: reliesOn.map(report),
    ...(ignored && { ignored: ignoredText(contract, call, ignored) }),
  };
}

function ignoredText(
  { abi }: CheckedContract,
  { called }: CheckCall,
  { difference, answers: [left, right] }: NonNullable<CallFinding["ignored"]>,
): string {
  const answered = (output: Uint8Array) =>
    ({ status: "success", output: toHex(output), logs: [] }) as const;
  const results = [answered(left), answered(right)] as const;
  return describeDifference({ ...difference, results }, abi, called);
}

/** `success`, `halt (memory)`, `revert: insufficient balance`. */
function outcomeOf({ abi }: CheckedContract, { result }: CallRun): string {
  const { status, haltCode, output } = result;
  if (haltCode !== undefined) return `${status} (${haltCode})`;
  if (status !== "revert" || output.length === 0) return status;
  try {
    const { errorName, args = [] } = decodeErrorResult({ abi, data: toHex(output) });
    const said = args.map(String).join(", ");
    return `${status}: ${errorName === "Error" ? said : `${errorName}(${said})`}`;
  } catch {
    return `${status}: ${toHex(output).slice(0, 80)}`;
  }
}

function causeReport(
  { abi, sources }: CheckedContract,
  { called }: CheckCall,
  { cause, isGuess, difference, runs }: FoundCause,
): CauseReport {
  const [left, right] = runs.map(({ result: { status, output, logs } }) => ({
    status,
    output: toHex(output),
    logs: logs.map(({ topics, data }) => ({ topics, data: toHex(data) })),
  }));
  const results = left && right ? ([left, right] as const) : undefined;
  const places = causePlaces(cause, sources, called?.name);
  const { what, instead } = describeCause(cause);
  return {
    cause,
    what,
    isGuess,
    difference: describeDifference({ ...difference, results }, abi, called),
    places,
    instead: places[0]?.instead ? `${instead}: ${places[0].instead}` : instead,
  };
}
