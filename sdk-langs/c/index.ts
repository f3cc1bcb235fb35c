// The front door of @delchain/c: compile a contract and read its ABI. The headers are delchain.h and delchain/.

export { readAbi } from "./abi.ts";
export { C_FLAGS, type CompileC, compileC, headers } from "./compile.ts";
export { includedSources } from "./includes.ts";
export { type TestC, type TestedC, testC } from "./testC.ts";
