import type { Perturbation } from "../container/perturbation.ts";
import { Unavailable } from "../types/errors.ts";
import type { CallRun } from "./facts.ts";
import { type CallFinding, type Ground, judge, type Observed } from "./judge.ts";

export type RunSettings = {
  /** With everything held still that can be, whatever the manifest says. */
  readonly isStrict: boolean;
  readonly perturbations: readonly Perturbation[];
  /** How often the calls run in the one container, one round after another. */
  readonly rounds: 1 | 2;
};

/** Where the calls in question can be run again and again. */
export interface Replicas {
  /** Whether the manifest is strict, so that its own ground holds still. */
  readonly isStrict: boolean;
  /** Whether strict determinism is to be had, so that causes can be told apart by holding them still. */
  readonly canBeStrict: boolean;
  /** What can be perturbed on the ground that holds still, as far as there is one. */
  readonly perturbations: readonly Perturbation[];
  /** What the manifest promises to every host. */
  readonly promised: ReadonlySet<Perturbation>;
  /**
   * Runs the calls in a fresh container, each on the same state, and answers what each came to, round by round. Throws
   * `Unavailable` when this machine cannot.
   */
  run(settings: RunSettings): Promise<readonly (readonly CallRun[])[]>;
}

export type ExplainOptions = Pick<Ground, "nowSeconds"> & {
  /** Runs at once; 1 unless told. */
  readonly atOnce?: number;
  /** Asked before each run; when it says no, the search ends with what it has. */
  readonly mayGoOn?: () => boolean;
  /** Told before each run. */
  readonly onRun?: (what: string, done: number, of: number) => void;
};

export type Explanation = {
  /** In the order of the calls. */
  readonly calls: readonly CallFinding[];
  /** Containers that were started. */
  readonly runs: number;
  /** What was not looked for, each with the reason. */
  readonly untried: readonly { readonly cause: Perturbation; readonly reason: string }[];
};

type Run = {
  /** `own`: as the manifest has it; `still`: held still. */
  readonly ground: "own" | "still";
  readonly perturbation?: Perturbation;
  readonly rounds: 1 | 2;
};

/** What the runs came to: by run, by round, by call. */
type Results = ReadonlyMap<Run, readonly (readonly CallRun[])[]>;

/**
 * Why replicas of these calls differ, or that they do not: the calls as they are, several times, then with one thing
 * perturbed at a time, each in a fresh container, and once more as they are, so that what changes by itself meanwhile
 * is not laid at a perturbation's door. Throws `Unavailable` when they could not be run as they are.
 */
export async function explain(
  replicas: Replicas,
  calls: number,
  options: ExplainOptions,
): Promise<Explanation> {
  const runs = runsFor(replicas);
  const results = new Map<Run, readonly (readonly CallRun[])[]>();
  const untried: { cause: Perturbation; reason: string }[] = [];
  let done = 0;
  const perform = async (run: Run): Promise<void> => {
    const { perturbation } = run;
    const isEnough = options.mayGoOn?.() === false;
    // The last one only confirms the others.
    if (isEnough && run === runs.at(-1)) return;
    options.onRun?.(perturbation ?? "as it is", done++, runs.length);
    try {
      if (isEnough) throw new Unavailable("explain", "the limit of its time was reached");
      results.set(run, await replicas.run(settingsOf(replicas, run)));
    } catch (error) {
      if (!(error instanceof Unavailable) || perturbation === undefined) throw error;
      untried.push({ cause: perturbation, reason: error.message });
    }
  };
  await eachOf(runs.slice(0, -1), options.atOnce ?? 1, perform);
  // The last of them, when everything else is over.
  await perform(runs.at(-1) as Run);
  const ground = {
    isStrict: replicas.canBeStrict,
    promised: replicas.promised,
    nowSeconds: options.nowSeconds,
  };
  const findings = Array.from({ length: calls }, (_, i) => judge(observed(results, i), ground));
  return { calls: findings, runs: results.size, untried };
}

function runsFor({ isStrict, canBeStrict, perturbations }: Replicas): readonly Run[] {
  const own: Run = { ground: "own", rounds: 1 };
  const hasOwn = canBeStrict && !isStrict;
  return [
    ...(hasOwn ? [own, { ...own }] : []),
    { ground: "still", rounds: 2 },
    { ground: "still", rounds: 1 },
    ...perturbations.map((perturbation): Run => ({ ground: "still", perturbation, rounds: 1 })),
    { ground: "still", rounds: 1 },
  ];
}

function settingsOf(replicas: Replicas, { ground, perturbation, rounds }: Run): RunSettings {
  return {
    isStrict: replicas.isStrict || (ground === "still" && replicas.canBeStrict),
    perturbations: perturbation === undefined ? [] : [perturbation],
    rounds,
  };
}

/** One call in all runs. */
function observed(results: Results, call: number): Observed {
  const runIn = (run: Run, round: number): CallRun => results.get(run)?.[round]?.[call] as CallRun;
  const plain = [...results.keys()].filter(({ perturbation }) => perturbation === undefined);
  const still = plain.filter(({ ground }) => ground === "still");
  const own = plain.filter(({ ground }) => ground === "own");
  const twice = still.find(({ rounds }) => rounds === 2) as Run;
  const others = still.filter((run) => run !== twice);
  return {
    own: (own.length > 0 ? own : still).map((run) => runIn(run, 0)),
    still: [runIn(twice, 0), ...others.map((run) => runIn(run, 0))],
    again: runIn(twice, 1),
    perturbed: new Map(
      [...results.keys()].flatMap((run): readonly [Perturbation, CallRun][] => {
        const { perturbation } = run;
        if (perturbation === undefined) return [];
        const found = runIn(run, 0);
        // With a tenth of a CPU a call may not end in time, which says nothing of its result.
        const isLate = perturbation === "threadTiming" && found.result.status === "timeout";
        return isLate ? [] : [[perturbation, found]];
      }),
    ),
  };
}

/** Runs `act` on each item, at most `atOnce` at a time, and rejects with the first failure when all have ended. */
async function eachOf<Item>(
  items: readonly Item[],
  atOnce: number,
  act: (item: Item) => Promise<void>,
): Promise<void> {
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await act(item);
  };
  const ended = await Promise.allSettled(Array.from({ length: atOnce }, worker));
  const failed = ended.find(({ status }) => status === "rejected");
  if (failed?.status === "rejected") throw failed.reason;
}
