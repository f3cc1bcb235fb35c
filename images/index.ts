// The front door of @delchain/images: writing, storing and building the images that container contracts run in.

export { type ImageFiles, openImageFiles } from "./admission/imageFiles.ts";
export { type ImportedImage, importImage, importStream } from "./admission/importImage.ts";
export * from "./admission/limits.ts";
export type { ImageRefusal } from "./admission/refusal.ts";
export { imageSbom } from "./admission/sbom.ts";
export {
  type ImageSignature,
  parseSignatures,
  saveSignatures,
  signImage,
} from "./admission/signatures.ts";
export {
  type BuildOptions,
  type BuiltImage,
  buildImages,
  DEFAULT_CACHE,
  DEFAULT_STORE,
  findImage,
  imageNames,
} from "./build.ts";
export { cImage } from "./c/image.ts";
export { C_PROGRAM_FLAGS, C_TOOLS, compileProgram, foreignTools } from "./c/program.ts";
export { type DownloadedPackage, downloadPackages } from "./debian/packages.ts";
export { javaContract, javaImage } from "./java/image.ts";
export { javaPackages, openJdk } from "./java/jdk.ts";
export { buildJavaRuntime, javaRuntimeInputs, openJavaRuntime } from "./java/runtime.ts";
export { ContractRefused, type DescribedContract, describeNodeContract } from "./node/describe.ts";
export { NODE_PACKAGES, nodeImage } from "./node/image.ts";
export { PHP_PACKAGES, type PhpContract, phpImage } from "./php/image.ts";
export {
  type FoundInstruction,
  type InstructionReport,
  MAX_FOUND,
  scanInstructions,
} from "./scan/instructions.ts";
export { openImageStore } from "./store/imageStore.ts";
export { toDigest } from "./store/layout.ts";
export { findDigest, type ListedImage, listImages } from "./store/listImages.ts";
export { memoryImages } from "./store/memoryImages.ts";
export { type Holder, type NamedImage, saveRoot } from "./store/roots.ts";
export {
  hasImage,
  imageBytes,
  type SavedImage,
  STORE_BYTES_MAX,
  saveImage,
  storeImage,
} from "./store/store.ts";
export {
  HASTY_MS,
  type RemoveFromEngine,
  removeImage,
  type Swept,
  sweepImages,
} from "./store/sweep.ts";
export { wasiImage } from "./wasi/image.ts";
export { containerHeaders, WASI_FLAGS } from "./wasi/program.ts";
export {
  type ImageEntry,
  MAX_ENTRIES,
  MAX_IMAGE_BYTES,
  MAX_LINK_BYTES,
  MAX_MODE,
  MAX_NAME_BYTES,
  MAX_PREFIX_BYTES,
} from "./writer/entries.ts";
export {
  type BaseLayer,
  type Image,
  type ImageConfig,
  type ImageSource,
  writeImage,
} from "./writer/image.ts";
