// The front door of @delchain/runtime: what the chain and the tools may use.

export {
  type Batch,
  type BatchCall,
  type CallRunner,
  executeBatch,
  queryContainer,
} from "./container/batch.ts";
export { ContainerTier } from "./container/containerTier.ts";
export { createdState } from "./container/createdState.ts";
export type { ContainerRegistry } from "./container/declaration.ts";
export { DockerDriver, type DockerOptions } from "./container/docker/dockerDriver.ts";
export { removeEngineImages } from "./container/docker/engineImages.ts";
export type {
  Capabilities,
  Container,
  ContainerDriver,
  ContainerEnd,
  ContainerLabels,
  ContainerSpec,
  Determinism,
  ImageDigest,
  Isolation,
  ListedContainer,
  Platform,
} from "./container/driver.ts";
export { FrameReader } from "./container/frameReader.ts";
export { type CallFrame, encodeFrame, type Frame } from "./container/frames.ts";
export type { ImageArchives } from "./container/images.ts";
export {
  HOPS_MAX,
  MEDIAN_INPUT_BYTES_MAX,
  MESSAGE_BYTES_MAX,
  MESSAGE_GAS_MAX,
  SENDS_MAX,
} from "./container/limits.ts";
export {
  encodeManifest,
  type InvalidManifest,
  type Manifest,
  OUTPUTS,
  parseManifest,
  resourcesOf,
} from "./container/manifest.ts";
export { type GasPrices, messageCost, messageId, type Sending } from "./container/outbox.ts";
export {
  type OutputRule,
  type OutputRules,
  type Outputs,
  outputRule,
  outputRules,
} from "./container/outputRule.ts";
export { PERTURBATIONS, type Perturbation } from "./container/perturbation.ts";
export {
  HOSTING_POLICY,
  type HostingPolicy,
  UPGRADE_POLICY,
  type UpgradePolicy,
} from "./container/policy.ts";
export { CONTAINER_PRICES } from "./container/prices.ts";
export { ProcessDriver } from "./container/process/processDriver.ts";
export {
  RESOURCE_CLASS_NAMES,
  RESOURCE_CLASSES,
  type ResourceClass,
  type Resources,
} from "./container/resources.ts";
export {
  type BatchResult,
  type CallResult,
  HALT_CODES,
  type HaltCode,
  type OutgoingMessage,
} from "./container/result.ts";
export type { Answer, CallOutcome } from "./container/runningCall.ts";
export { Session } from "./container/session.ts";
export { boundModule } from "./container/wasmer/wasiModule.ts";
export { WasmerDriver } from "./container/wasmer/wasmerDriver.ts";
export { createExecutor, EvmExecutor, type ExecutorOptions } from "./evm/evmExecutor.ts";
export type {
  BlockExecution,
  Executor,
  ProtocolWrite,
  Query,
  QueryOutcome,
} from "./executor/executor.ts";
export type { Tier } from "./executor/tier.ts";
export type { CallTrace } from "./executor/trace.ts";
export { CONSOLE_TEXT_BYTES, type ConsoleWriter } from "./host/console.ts";
export {
  CODE_KINDS,
  type CodeKind,
  decodeEnvelope,
  decodeStoredCode,
  encodeEnvelope,
  encodeStoredCode,
  type InvalidEnvelope,
  isEnvelope,
  PAYLOAD_BYTES_MAX,
  tierOf,
} from "./host/envelope.ts";
export type { LineTable } from "./host/lineTable.ts";
export { INK_PER_GAS } from "./host/meter.ts";
export { PRICES } from "./host/prices.ts";
export type { CallProfile, CodeProfile, FailedFrame, LineProfile } from "./host/profile.ts";
export {
  COLD_EVERY,
  ContainerManager,
  type HostedRequest,
  IDLE_MS,
  MAX_WARM,
  type ManagerOptions,
} from "./manager/containerManager.ts";
export { type DriverOffer, DriverSet, type DriverStatus } from "./manager/driverSet.ts";
export {
  type ExplainOptions,
  type Explanation,
  explain,
  type Replicas,
  type RunSettings,
} from "./manager/explain.ts";
export type { CallRun, FactDifference } from "./manager/facts.ts";
export { hostDrivers } from "./manager/hostDrivers.ts";
export type { CallFinding, Cause, FoundCause, Verdict } from "./manager/judge.ts";
export { ReplicaRuns, type ReplicaRunsOptions } from "./manager/replicaRuns.ts";
export { hashBootFiles, readBootFiles } from "./php/bootFiles.ts";
export { describePhp } from "./php/describePhp.ts";
export { bootEngine, type Engine, type PhpPins } from "./php/engine.ts";
export { evaluatePhp } from "./php/evaluatePhp.ts";
export {
  hasInterpreter,
  noInterpreter,
  PHP_INTERPRETER_SHA256,
  PHP_PACKAGE,
  PHP_PACKAGE_VERSION,
  PHP_REMEDY,
} from "./php/interpreterPackage.ts";
export { MissingPhp } from "./php/missingPhp.ts";
export { phpFunctions } from "./php/phpLines.ts";
export type { CompiledPhp } from "./php/phpMemory.ts";
export { PhpTier, type PhpTierOptions } from "./php/phpTier.ts";
export { POSITIONS_PER_LINE } from "./php/profiledInterpreter.ts";
export { FILE_MARK } from "./php/sourcePlace.ts";
export {
  type AccountChange,
  type CodeChange,
  compareHex,
  EMPTY_DIFF,
  encodeDiff,
  hashDiff,
  type SlotChange,
  type StateDiff,
} from "./state/diff.ts";
export { MemoryView } from "./state/memoryView.ts";
export type { Account, StateView } from "./state/view.ts";
export {
  type Address,
  addressFromBytes,
  addressToBytes,
  contractAddress,
  isAddress,
  toAddress,
  ZERO_ADDRESS,
} from "./types/address.ts";
export type { Brand } from "./types/brand.ts";
export {
  bigintToBytes,
  bytesToBigint,
  compareBytes,
  concatBytes,
  EMPTY_BYTES,
  equalBytes,
  fromHex,
  type Hex,
  isHex,
  toHex,
} from "./types/bytes.ts";
export type { AccessListEntry, BlockContext, ExecutableTransaction } from "./types/context.ts";
export { assert, type ErrorFacts, InvalidInput, Unavailable } from "./types/errors.ts";
export {
  EMPTY_CODE_HASH,
  EMPTY_ROOT,
  type Hash,
  hashFromBytes,
  hashToBytes,
  keccak256,
  keccak256Bytes,
  toHash,
  ZERO_HASH,
} from "./types/hash.ts";
export type { ExecutionResult, Log, TransactionOutcome } from "./types/result.ts";
export { decodeRlp, encodeRlp, type InvalidRlp, RLP_DEPTH_MAX, type RlpItem } from "./types/rlp.ts";
export { FrameStack } from "./wasm/frameStack.ts";
export { INJECTOR_VERSION } from "./wasm/instrument/instrument.ts";
export type { InvalidModule } from "./wasm/instrument/invalidModule.ts";
export { NATIVE_STACK_MEGABYTES } from "./wasm/limits.ts";
export { WasmTier, type WasmTierOptions } from "./wasm/wasmTier.ts";
export { WEIGHTS, type Weights } from "./wasm/weights.ts";
