import type { Manifest } from "../container/manifest.ts";
import { PERTURBATIONS, type Perturbation } from "../container/perturbation.ts";

/** What every host gives alike to a container of any manifest. */
const ALWAYS: readonly Perturbation[] = [
  "zone",
  "locale",
  "hostname",
  "environmentOrder",
  "cpuFeatures",
  "network",
];

/** What a manifest promises its program on every host; what is not among it may differ from host to host. */
export function promisedBy(
  { determinism }: Pick<Manifest, "determinism">,
  cpus: number,
): ReadonlySet<Perturbation> {
  // Whoever gets one CPU sees one everywhere; who gets more sees the machine's.
  const standard = new Set([...ALWAYS, ...(cpus === 1 ? (["cpuCount"] as const) : [])]);
  return determinism === "strict"
    ? new Set(PERTURBATIONS.filter((each) => each !== "threadTiming"))
    : standard;
}
