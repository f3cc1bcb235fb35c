// The front door of @delchain/java: compile a contract. What contracts import is Java, in src/.

export {
  type AbiEntry,
  type AbiValue,
  type CompiledContract,
  type CompileJava,
  compileJava,
  JAVA_FLAGS,
} from "./compile.ts";
export { JavaRefused } from "./javaJob.ts";
export { packageOf, type TestedContract, type TestJava, testJava } from "./runTests.ts";
export {
  type JavaToolchain,
  javaInputs,
  javaSources,
  javaToolchain,
  javaTools,
  sdkJar,
  ToolchainMissing,
} from "./toolchain.ts";
