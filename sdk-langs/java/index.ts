// The front door of @delchain/java: compile a contract. What contracts import is Java, in src/.

export {
  type AbiEntry,
  type AbiValue,
  type CompiledContract,
  type CompileJava,
  compileJava,
  JAVA_FLAGS,
} from "./compile.ts";
export { type TestedContract, type TestJava, testJava } from "./runTests.ts";
export { type JavaToolchain, javaSources, javaToolchain, ToolchainMissing } from "./toolchain.ts";
