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
};

const RULE = "an object with upgrade, hosting and outputs, each of which may be left out";

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
