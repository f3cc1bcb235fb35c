// The front door of @delchain/toolchain: projects of contracts, in any language, to what can be deployed.

export { type BuildOptions, type BuildResult, type BuiltContract, buildProject } from "./build.ts";
export {
  type BuildMetadata,
  type BuildOutput,
  builtNames,
  encodeOutput,
  loadOutput,
  OUT,
} from "./buildOutput.ts";
export { CompileFailed, type Diagnostic, renderDiagnostic } from "./diagnostic.ts";
export { TOOLCHAINS } from "./languages.ts";
export { loadProject, PROJECT_FILES, type Project } from "./project.ts";
export type { Tier, Toolchain } from "./toolchain.ts";
export { type Watcher, watchProject } from "./watch.ts";
