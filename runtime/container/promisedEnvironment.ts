import type { ContainerSpec } from "./driver.ts";

/**
 * The environment that every host promises a program, name by name in its order, and what a perturbed replica has
 * instead. `channel` is where the stream to the host is (PROTOCOL.md, "Stream").
 */
export function promisedEnvironment(
  { isolation, perturbations = [] }: Pick<ContainerSpec, "isolation" | "perturbations">,
  channel: string,
): readonly (readonly [name: string, value: string])[] {
  const locale = perturbations.includes("locale") ? "tr_TR.UTF-8" : "C";
  const variables: readonly (readonly [string, string])[] = [
    ["DELCHAIN_CHANNEL", channel],
    ["DELCHAIN_ISOLATION", isolation],
    ["HOME", "/tmp"],
    ["LANG", locale],
    ["LC_ALL", locale],
    ["PATH", "/usr/bin:/bin"],
    // Written out, because an image has no file for a zone; POSIX counts from the other side.
    ["TZ", perturbations.includes("zone") ? "NPT-5:45" : "UTC"],
  ];
  return perturbations.includes("environmentOrder") ? variables.toReversed() : variables;
}
