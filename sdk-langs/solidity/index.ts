// The front door of @delchain/solidity: compile contracts as the chain runs them.

export {
  type CompiledSolidity,
  type CompileSolidity,
  compileSolidity,
  EVM_VERSIONS,
  SOLIDITY_SETTINGS,
  type SolidityContract,
  type SolidityLink,
  type SolidityMessage,
  type SolidityOptions,
  SolidityRefused,
  soliditySettings,
} from "./compile.ts";
export type { StorageLayout, StoragePlace, StorageType } from "./storageLayout.ts";
