import { assemblyScript } from "./languages/assemblyScript.ts";
import { c } from "./languages/c.ts";
import { cContainer } from "./languages/cContainer.ts";
import { rust } from "./languages/rust.ts";
import { solidity } from "./languages/solidity.ts";
import type { Toolchain } from "./toolchain.ts";

/** Every language in every tier that it has; the first of a language is what a project gets that names no tier. */
export const TOOLCHAINS: readonly Toolchain[] = [solidity, c, cContainer, assemblyScript, rust];
