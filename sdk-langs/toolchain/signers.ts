import { z } from "zod";
import { readProjectFile } from "./projectFile.ts";

const RULE = "a list of public keys in PEM";

/** `signers` in a project file; the manifest that they go into says which keys there are. */
export const SIGNERS_SCHEMA: z.ZodType<readonly string[]> = z.array(z.string(RULE), RULE);

/** Whose signatures hosts want of a project's images; none unless it says so. Throws as `readProjectFile`. */
export function signersOf(root: string): readonly string[] {
  return (
    readProjectFile(root, z.looseObject({ signers: SIGNERS_SCHEMA.optional() }))?.signers ?? []
  );
}
