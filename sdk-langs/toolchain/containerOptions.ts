import {
  HOSTING_POLICY,
  type HostingPolicy,
  OUTPUTS,
  type Outputs,
  UPGRADE_POLICY,
  type UpgradePolicy,
} from "@delchain/runtime";
import { z } from "zod";
import { readProjectFile } from "./projectFile.ts";

/** What a project may say of its containers' manifests; the rest follows from the sources. */
export type ContainerOptions = {
  readonly upgrade?: UpgradePolicy | undefined;
  readonly hosting?: HostingPolicy | undefined;
  /** By contract. */
  readonly outputs?: Readonly<Record<string, Outputs>> | undefined;
  /** By contract: calldata, or the signature of a function without arguments. */
  readonly probes?: Readonly<Record<string, string>> | undefined;
};

const RULE = "an object with upgrade, hosting, outputs and probes, each of which may be left out";
const PROBE_RULE =
  "a function without arguments, like totalSupply(), or calldata in lower-case hex";

/** `container` in a project file: as in a manifest. */
export const CONTAINER_SCHEMA: z.ZodType<ContainerOptions> = z.strictObject(
  {
    upgrade: UPGRADE_POLICY.optional().describe("Who decides about versions, and how."),
    hosting: HOSTING_POLICY.optional().describe("What must be there before a version runs."),
    outputs: z
      .record(z.string(), OUTPUTS, RULE)
      .optional()
      .describe(
        'How hosts agree on what functions return that is not the same on all of them, by contract and signature: "median" of ' +
          'the one integer that it returns, which settle(bytes,T) is called with, or { "fields": […] }, the return ' +
          "values that must be equal; the others are zero in the result. What it writes, logs and sends must be the " +
          "same in any case.",
      ),
    probes: z
      .record(
        z.string(),
        z.string(PROBE_RULE).regex(/^([A-Za-z_$][\w$]*\(\)|0x([0-9a-f]{2}){4,1024})$/, PROBE_RULE),
        RULE,
      )
      .optional()
      .describe(
        "What hosts call before they say that a version is ready, by contract: a function without arguments, like " +
          "totalSupply(), or calldata in hex. It must succeed, and nothing else comes of it.",
      ),
  },
  RULE,
);

/** Throws as `readProjectFile`. */
export function containerOptions(root: string): ContainerOptions {
  const schema = z.looseObject({ container: CONTAINER_SCHEMA.optional() });
  return readProjectFile(root, schema)?.container ?? {};
}

/** The same as flags of a build: another manifest is another output. */
export function containerFlags(root: string): readonly string[] {
  const options = containerOptions(root);
  return Object.keys(options).length === 0 ? [] : [JSON.stringify(options)];
}
