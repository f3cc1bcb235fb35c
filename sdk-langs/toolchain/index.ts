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
export {
  addProfile,
  addProfileSum,
  type ContractProfile,
  loadProjectLines,
  type ProfileSum,
  type ProjectLines,
  type RpcProfile,
} from "./lines/projectLines.ts";
export { functionAt, type SourceFunction, type SourceLines } from "./lines/sourceLines.ts";
export {
  compareLibrary,
  inLinkOrder,
  type LibraryAddresses,
  librariesOf,
  linkOutput,
  linksIn,
} from "./linkLibraries.ts";
export { loadProject, type Project } from "./project.ts";
export { PROJECT_FILES } from "./projectFile.ts";
export {
  bundleSource,
  type InvalidBundle,
  otherSdkFiles,
  parseSourceBundle,
  type SourceBundle,
  unpackSource,
} from "./sourceBundle.ts";
export type { Tier, Toolchain, UnitTestRequest, UnitTestResult, UnitTests } from "./toolchain.ts";
export { type Watcher, watchProject } from "./watch.ts";
