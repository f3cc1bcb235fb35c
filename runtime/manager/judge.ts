import type { Perturbation } from "../container/perturbation.ts";
import {
  type CallRun,
  differences,
  type FactDifference,
  factsOf,
  type IgnoredDifference,
  ignoredDifference,
} from "./facts.ts";
import { looksLikePid, recognise } from "./recognise.ts";

/** `warmState`: what earlier calls left in the container. `unknown`: something that nothing here perturbs. */
export type Cause = Perturbation | "warmState" | "unknown";

/** Something that a call's result depends on, and where that shows first. */
export type FoundCause = {
  readonly cause: Cause;
  /** Left as every replica has it, right as the perturbed one. */
  readonly difference: FactDifference;
  /** The whole of what is left and right, for those who can read the contract's ABI. */
  readonly runs: readonly [left: CallRun, right: CallRun];
  /** Seen in the values alone, because nothing here can hold the cause still. */
  readonly isGuess: boolean;
};

/**
 * `deterministic`: replicas cannot differ but by what the manifest promises to all of them. `strictOnly`: they can, and
 * could not under strict determinism. `diverges`: nothing that a host can promise keeps them equal.
 */
export type Verdict = "deterministic" | "strictOnly" | "diverges";

export type CallFinding = {
  readonly verdict: Verdict;
  /** What the call came to where nothing was perturbed. */
  readonly run: CallRun;
  /** What makes replicas differ, the strongest first. */
  readonly causes: readonly FoundCause[];
  /** What the result depends on besides, which the manifest promises alike to every host. */
  readonly reliesOn: readonly FoundCause[];
  /** Where its answers differ and may, as the manifest has it; `undefined` when they do not. */
  readonly ignored?: IgnoredDifference;
};

/** One call in replicas, all on the same state. */
export type Observed = {
  /** In fresh containers as the manifest has them; at least two. */
  readonly own: readonly CallRun[];
  /** In fresh containers with everything held still that can be; at least two. */
  readonly still: readonly [CallRun, ...CallRun[]];
  /** The first of `still`, once more in its container after all calls. */
  readonly again: CallRun;
  /** The ground of `still` with one thing perturbed. */
  readonly perturbed: ReadonlyMap<Perturbation, CallRun>;
};

export type Ground = {
  /** Whether `still` has the clock, random numbers, addresses and process numbers held still. */
  readonly isStrict: boolean;
  /** What the manifest promises to every host. */
  readonly promised: ReadonlySet<Perturbation>;
  /** Of the machine, in seconds: what a value is compared with that may be a time. */
  readonly nowSeconds: bigint;
};

/** A run beside the first one, and where it differs. */
type Compared = { readonly run: CallRun; readonly found: readonly FactDifference[] };

/**
 * What a call's result depends on. Places that differ although nothing was perturbed say nothing about perturbations;
 * in all others a difference under one perturbation is caused by it.
 */
export function judge(observed: Observed, ground: Ground): CallFinding {
  const [first] = observed.still;
  const moving = movingCauses(observed, ground);
  const places = new Set(moving.flatMap(({ places }) => places));
  const warm = compare(first, observed.again, places);
  const found = [
    ...moving.map(({ cause }) => cause),
    ...perturbedCauses(observed, places),
    ...warmCauses(first, warm, ground),
  ];
  const own = ownDifference(observed);
  if (found.length === 0) found.push(...own.causes);
  const reliesOn = found.filter(({ cause }) => ground.promised.has(cause as Perturbation));
  const causes = byStrength(
    found.filter((each) => !reliesOn.includes(each)),
    own.where,
  );
  const ignored = ignoredIn(observed);
  const finding = { verdict: verdictOf(causes, ground), run: first, causes, reliesOn };
  return ignored === undefined ? finding : { ...finding, ignored };
}

function ignoredIn({ own, still, again, perturbed }: Observed): IgnoredDifference | undefined {
  const [first] = still;
  const others = [...own, ...still, again, ...perturbed.values()];
  for (const other of others) {
    const found = ignoredDifference(first, other);
    if (found !== undefined) return found;
  }
  return undefined;
}

function compare(left: CallRun, run: CallRun, except?: ReadonlySet<string>): Compared {
  return { run, found: differences(factsOf(left), factsOf(run), except) };
}

/** Causes of what is another each time, with the places where it is. */
function movingCauses(
  { still, perturbed }: Observed,
  { isStrict, nowSeconds }: Ground,
): readonly { readonly cause: FoundCause; readonly places: readonly string[] }[] {
  const [first, ...others] = still;
  const slow = isStrict ? perturbed.get("threadTiming") : undefined;
  return [...others, ...(slow ? [slow] : [])].flatMap((run) => {
    const { found } = compare(first, run);
    if (found.length === 0) return [];
    const places = found.map(({ where }) => where);
    // With clock, random numbers and addresses held still, only the order of what runs at once is left.
    const causes = isStrict
      ? causesOf("threadTiming", first, { run, found })
      : guessedCauses(first, { run, found }, nowSeconds);
    return causes.map((cause) => ({ cause, places }));
  });
}

function guessedCauses(
  first: CallRun,
  { run, found }: Compared,
  nowSeconds: bigint,
): readonly FoundCause[] {
  const guesses = Map.groupBy(found, (difference) => recognise(difference, nowSeconds));
  const known = [...guesses].flatMap(([guess, recognised]) =>
    guess === undefined ? [] : causesOf(guess, first, { run, found: recognised }, true),
  );
  return known.length > 0 ? known : causesOf("unknown", first, { run, found });
}

function warmCauses(first: CallRun, warm: Compared, { isStrict }: Ground): readonly FoundCause[] {
  const [shown] = warm.found;
  // A launcher that forks gives every call another number, which only strict determinism holds still.
  const isPid = !isStrict && shown !== undefined && looksLikePid(shown);
  return causesOf(isPid ? "pid" : "warmState", first, warm, isPid);
}

/** What makes the environment longer or shorter, below which the stack begins. */
const MOVES_STACK: ReadonlySet<Perturbation> = new Set<Perturbation>([
  "zone",
  "locale",
  "hostname",
  "cpuFeatures",
]);

function perturbedCauses(
  { still: [first], perturbed }: Observed,
  moving: ReadonlySet<string>,
): readonly FoundCause[] {
  const layout = perturbed.get("memoryLayout");
  const addresses = layout ? compare(first, layout).found.map(({ where }) => where) : [];
  const withAddresses = new Set([...moving, ...addresses]);
  return [...perturbed].flatMap(([perturbation, run]) => {
    const except = MOVES_STACK.has(perturbation) ? withAddresses : moving;
    return causesOf(perturbation, first, compare(first, run, except));
  });
}

/** The cause with its first difference; none where there is no difference. */
function causesOf(
  cause: Cause,
  first: CallRun,
  { run, found }: Compared,
  isGuess: boolean = cause === "unknown",
): readonly FoundCause[] {
  // The gas follows from what else is different.
  const difference = found.find(({ where }) => where !== "gas used") ?? found[0];
  return difference === undefined ? [] : [{ cause, difference, runs: [first, run], isGuess }];
}

/** The difference that replicas show by themselves: a cause that nobody knows, unless somebody does. */
function ownDifference({ own }: Observed): {
  readonly where: string | undefined;
  readonly causes: readonly FoundCause[];
} {
  const [left, right] = [own[0], own.at(-1)] as [CallRun, CallRun];
  const causes = causesOf("unknown", left, compare(left, right));
  return { where: causes[0]?.difference.where, causes };
}

/** First what explains the difference that replicas showed, then what was seen, then guesses; each once. */
function byStrength(
  causes: readonly FoundCause[],
  seen: string | undefined,
): readonly FoundCause[] {
  const weight = ({ difference, isGuess }: FoundCause): number =>
    (difference.where === seen ? 0 : 1) + (isGuess ? 2 : 0);
  const sorted = causes.toSorted((left, right) => weight(left) - weight(right));
  return sorted.filter(({ cause }, i) => sorted.findIndex((each) => each.cause === cause) === i);
}

/** What no host can hold still, strict determinism or not. */
const NEVER_STILL: ReadonlySet<Cause> = new Set<Cause>(["threadTiming", "warmState"]);

function verdictOf(causes: readonly FoundCause[], { isStrict, promised }: Ground): Verdict {
  if (causes.length === 0) return "deterministic";
  // A manifest that promises the clock is strict already.
  const isLost = causes.some(({ cause }) => NEVER_STILL.has(cause)) || promised.has("time");
  return isLost || !isStrict ? "diverges" : "strictOnly";
}
