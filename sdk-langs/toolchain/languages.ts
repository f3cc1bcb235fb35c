import { assemblyScript } from "./languages/assemblyScript.ts";
import { c } from "./languages/c.ts";
import { cContainer } from "./languages/cContainer.ts";
import { cNative } from "./languages/cNative.ts";
import { java } from "./languages/java.ts";
import { javaContainer } from "./languages/javaContainer.ts";
import { php } from "./languages/php.ts";
import { phpContainer } from "./languages/phpContainer.ts";
import { rust } from "./languages/rust.ts";
import { solidity } from "./languages/solidity.ts";
import { typescript } from "./languages/typescript.ts";
import type { Toolchain } from "./toolchain.ts";

/**
 * Every language in every tier that it has; the first of a language is what a project gets that names no tier, and the
 * first of a tier what it gets that names no platform.
 */
export const TOOLCHAINS: readonly Toolchain[] = [
  solidity,
  c,
  cContainer,
  cNative,
  assemblyScript,
  rust,
  java,
  javaContainer,
  php,
  phpContainer,
  typescript,
];
