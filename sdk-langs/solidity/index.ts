// The front door of @delchain/solidity: compile contracts as the chain runs them.

export {
  type CompiledSolidity,
  type CompileSolidity,
  compileSolidity,
  SOLIDITY_SETTINGS,
  type SolidityContract,
  type SolidityMessage,
  SolidityRefused,
} from "./compile.ts";
