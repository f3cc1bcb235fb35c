// The front door of @delchain/assemblyscript for tools. Contracts import @delchain/assemblyscript/assembly.

export {
  ASSEMBLYSCRIPT_FLAGS,
  type CompileAssemblyScript,
  type CompiledContract,
  compileAssemblyScript,
  sdkFiles,
} from "./compile.ts";
export type { AbiEntry, AbiValue } from "./transform/abi.ts";
